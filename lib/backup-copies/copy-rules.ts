import { and, desc, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupCopies, backupCopyRules, policies, vaults } from '@/db/schema';
import { newId } from '@/lib/context';
import { CrossvaultError, invariant, notFound } from '@/lib/errors';
import { vaultKinds } from '@/lib/vaults/schemas';
import { readVerb, writeVerb } from '@/lib/verb';
import {
  type BackupCopy,
  type BackupCopyRule,
  CreateCopyRule,
  DeleteCopyRule,
  ListBackupCopies,
  ListCopyRules,
} from './schemas';

/** From now on the policy's backups of servers or disks go into this vault as well, if it is in another region. */
export const createCopyRule = writeVerb({
  action: 'backup_copy_rules.create',
  permission: 'policies.manage',
  input: CreateCopyRule,
  async run({ ctx, tx, input, now, audit }): Promise<BackupCopyRule> {
    const [policy] = await tx.select().from(policies).where(eq(policies.id, input.policyId));
    if (!policy) throw notFound('policy');
    const [vault] = await tx
      .select()
      .from(vaults)
      .where(and(eq(vaults.accountId, ctx.accountId), eq(vaults.id, input.vaultId)));
    if (!vault) throw notFound('vault');
    if (!vaultKinds[vault.kind].hasCapacity) {
      const why = 'Choose a vault for server or disk backups.';
      throw new CrossvaultError('not_eligible', why, {
        reason: 'vault_takes_no_copies',
        fields: { vaultId: why },
      });
    }
    const [rule] = await tx
      .insert(backupCopyRules)
      .values({
        accountId: ctx.accountId,
        id: newId('cr'),
        policyId: policy.id,
        targetVaultId: vault.id,
        createdAt: now,
        createdBy: ctx.actor.name,
      })
      .onConflictDoNothing()
      .returning();
    if (!rule)
      throw new CrossvaultError('already_exists', 'This policy copies into this vault already.', {
        reason: 'copied_already',
      });
    await audit({
      resourceKind: 'policy',
      resourceId: policy.id,
      resourceName: policy.name,
      after: { copiesInto: { vaultId: vault.id, vaultName: vault.name, region: vault.region } },
    });
    const [shown] = await selectRules(tx, rule.id);
    invariant(shown, 'a rule that was made is there');
    return shown;
  },
});

/** Ends the copying of later backups; copies that were made stay until they expire. */
export const deleteCopyRule = writeVerb({
  action: 'backup_copy_rules.delete',
  permission: 'policies.manage',
  input: DeleteCopyRule,
  async run({ tx, input, audit }): Promise<BackupCopyRule> {
    const [rule] = await selectRules(tx, input.id);
    if (!rule) throw notFound('copy rule');
    await tx.delete(backupCopyRules).where(eq(backupCopyRules.id, rule.id));
    await audit({
      resourceKind: 'policy',
      resourceId: rule.policy.id,
      resourceName: rule.policy.name,
      before: { copiesInto: { vaultId: rule.vault.id, vaultName: rule.vault.name } },
    });
    return rule;
  },
});

export const listCopyRules = readVerb({
  action: 'backup_copy_rules.list',
  permission: 'policies.read',
  input: ListCopyRules,
  run: async ({ tx, input }) => ({ items: await selectRules(tx, undefined, input.policyId) }),
});

/** Copies into other regions, newest first, with how far each is. */
export const listBackupCopies = readVerb({
  action: 'backup_copies.list',
  permission: 'policies.read',
  input: ListBackupCopies,
  async run({ tx, input }): Promise<{ items: BackupCopy[] }> {
    const rows = await tx
      .select({ copy: backupCopies, vault: { id: vaults.id, name: vaults.name, region: vaults.region } })
      .from(backupCopies)
      .innerJoin(vaults, eq(vaults.id, backupCopies.targetVaultId))
      .where(
        and(
          eq(backupCopies.kind, 'region'),
          input.vaultId ? eq(backupCopies.targetVaultId, input.vaultId) : undefined,
        ),
      )
      .orderBy(desc(backupCopies.createdAt), desc(backupCopies.id))
      .limit(200);
    const items = rows.map(({ copy, vault }) => ({
      id: copy.id,
      backupName: copy.backupName,
      sourcePointId: copy.sourcePointId,
      vault,
      pointId: copy.targetPointId,
      state: copy.state,
      bytesDone: copy.bytesDone,
      bytesTotal: copy.bytesTotal,
      rateBytesPerSecond: copy.rateBytesPerSecond,
      waitingReason: copy.waitingReason,
      createdAt: copy.createdAt.toISOString(),
      finishedAt: copy.finishedAt?.toISOString() ?? null,
    }));
    return { items };
  },
});

async function selectRules(tx: Tx, id?: string, policyId?: string): Promise<BackupCopyRule[]> {
  const rows = await tx
    .select({ rule: backupCopyRules, policy: policies, vault: vaults })
    .from(backupCopyRules)
    .innerJoin(policies, eq(policies.id, backupCopyRules.policyId))
    .innerJoin(vaults, eq(vaults.id, backupCopyRules.targetVaultId))
    .where(
      and(
        id ? eq(backupCopyRules.id, id) : undefined,
        policyId ? eq(backupCopyRules.policyId, policyId) : undefined,
      ),
    )
    .orderBy(desc(backupCopyRules.createdAt));
  return rows.map(({ rule, policy, vault }) => ({
    id: rule.id,
    policy: { id: policy.id, name: policy.name },
    vault: { id: vault.id, name: vault.name, region: vault.region, kind: vault.kind },
    createdAt: rule.createdAt.toISOString(),
    createdBy: rule.createdBy,
  }));
}
