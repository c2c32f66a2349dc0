import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { grants, replications, vaults } from '@/db/schema';
import { violates } from '@/db/violations';
import { type Context, newId } from '@/lib/context';
import { CrossvaultError, invariant, notFound } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { wakeTickerOf } from '@/lib/ticker';
import { type AuditEntry, writeVerb } from '@/lib/verb';
import { evaluateTarget } from './evaluate-target';
import { type Candidate, getOwnName, listCandidates, toSourceVault } from './internal';
import { IneligibleReason, StartReplication } from './schemas';
import { type ReplicationRow, toReplication } from './to-replication';

/**
 * Ties a standard vault to a replication target for good: all its points, old and new, are copied by the target
 * account's ticker until one side stops it.
 */
export const startReplication = writeVerb({
  action: 'replications.start',
  permission: 'replication.start',
  input: StartReplication,
  async run({ ctx, tx, input, now, audit }) {
    const { row, entry } = await beginReplication(ctx, tx, input, now);
    await audit(entry);
    return toReplication(row, ctx.accountId, now);
  },
});

/**
 * Starts a replication in the transaction of a verb, which has authorised it and writes the audit entry: from a vault's
 * page, or for a vault that a policy is bound to.
 */
export async function beginReplication(
  ctx: Context,
  tx: Tx,
  input: z.output<typeof StartReplication>,
  now: Date,
): Promise<{ row: ReplicationRow; entry: AuditEntry }> {
  const source = await lockSource(tx, ctx.accountId, input.sourceVaultId);
  const [target] = await listCandidates(tx, ctx.accountId, input.targetVaultId);
  if (!target) throw notFound('vault');
  if (!target.isOwn) await lockGrant(tx, ctx.accountId, target);
  const found = evaluateTarget(await toSourceVault(tx, source), target);
  if (!found.eligible) throw notEligible(found.reason, found.explanation);
  const sourceAccountName = await getOwnName(tx, ctx.accountId);
  const row = await insertReplication(tx, {
    accountId: target.ownerAccountId,
    id: newId('rep'),
    sourceAccountId: ctx.accountId,
    sourceAccountName,
    sourceVaultId: source.id,
    sourceVaultName: source.name,
    sourceRegion: source.region,
    targetVaultId: target.vaultId,
    targetVaultName: target.vaultName,
    targetAccountName: target.ownerName,
    targetRegion: target.region,
    createdAt: now,
    createdBy: ctx.actor.name,
  });
  for (const accountId of new Set([ctx.accountId, row.accountId])) await wakeTickerOf(tx, accountId);
  if (row.accountId !== ctx.accountId) {
    await notifyAccount(tx, {
      accountId: row.accountId,
      linkId: row.id,
      kind: 'replication.started',
      severity: 'info',
      title: `${sourceAccountName} replicates ${source.name} into ${target.vaultName}`,
      body: 'All its backup points, old and new, are copied from now on. Storage and traffic are on this account.',
      href: `/${target.region}/vaults/${target.vaultId}`,
    });
  }
  const entry = {
    resourceKind: 'replication',
    resourceId: row.id,
    resourceName: source.name,
    after: { sourceVaultId: source.id, targetVaultId: target.vaultId, targetAccountId: row.accountId },
  };
  return { row, entry };
}

async function lockSource(tx: Tx, accountId: string, id: string) {
  const [vault] = await tx
    .select()
    .from(vaults)
    .where(and(eq(vaults.accountId, accountId), eq(vaults.id, id)))
    .for('no key update');
  if (!vault) throw notFound('vault');
  return vault;
}

/** A revocation is then either before the start, which finds no grant, or after it. */
async function lockGrant(tx: Tx, accountId: string, target: Candidate): Promise<void> {
  const held = await tx
    .select({ vaultId: grants.vaultId })
    .from(grants)
    .where(and(eq(grants.vaultId, target.vaultId), eq(grants.granteeAccountId, accountId)))
    .for('share');
  if (held.length === 0) throw notFound('vault');
}

/** What ran beside this is told by the database's constraints, as the same errors. */
async function insertReplication(tx: Tx, values: typeof replications.$inferInsert) {
  try {
    const [row] = await tx.insert(replications).values(values).returning();
    invariant(row, 'an insert returns its row');
    return row;
  } catch (error) {
    const reason = reasonOfDatabase(error);
    if (reason) throw notEligible(reason, lostRace[reason] ?? changedMeanwhile);
    throw error;
  }
}

const changedMeanwhile = 'One of the vaults has just changed its state. Look at the list again.';
const lostRace: Partial<Record<IneligibleReason, string>> = {
  target_already_used: 'Another replication has just taken this target vault. Choose another.',
  source_already_replicates: 'The source vault has just begun another replication.',
  share_not_accepted: 'The target vault has just ceased to be shared with this account.',
};

/** The same word as the evaluator's, told by `refuse_unfit_replication`, which sees both vaults locked. */
function reasonOfDatabase(error: unknown): IneligibleReason | null {
  if (violates(error, 'replications_target_vault_id_key')) return 'target_already_used';
  if (violates(error, 'one_replication_per_source')) return 'source_already_replicates';
  const cause = (error instanceof Error ? error.cause : undefined) as { code?: string; detail?: string };
  if (cause?.code !== 'CV003') return null;
  return IneligibleReason.safeParse(cause.detail).data ?? 'target_not_ready';
}

function notEligible(reason: IneligibleReason, explanation: string): CrossvaultError {
  return new CrossvaultError('not_eligible', explanation, { reason, fields: { targetVaultId: explanation } });
}
