import { and, eq, sql } from 'drizzle-orm';
import { vaults } from '@/db/schema';
import { copiedPointId } from '@/lib/engine/transfer/derived-point-id';
import { invariant, notFound } from '@/lib/errors';
import { readVerb, writeVerb } from '@/lib/verb';
import { getReceivedRow, isKeyMissing, refusalOf, toReceivedShares } from './internal';
import { acceptRefusal, answerRefusal, freeBytesOf, vaultRefusal } from './rules';
import {
  AcceptBackupShare,
  ListVaultCandidates,
  type ReceivedBackupShare,
  RejectBackupShare,
  type VaultCandidate,
} from './schemas';

/** Takes a shared backup into a vault of this account: its room is put aside, and the engine copies the bytes. */
export const acceptBackupShare = writeVerb({
  action: 'backup_shares.accept',
  permission: 'shares.manage',
  input: AcceptBackupShare,
  async run({ ctx, tx, input, audit }): Promise<ReceivedBackupShare> {
    // In the order that all take who need both: the share, then the vault.
    await tx.execute(sql`select hold_backup_share(${input.id})`);
    const share = await getReceivedRow(tx, input.id);
    const [vault] = await tx
      .select()
      .from(vaults)
      .where(and(eq(vaults.accountId, ctx.accountId), eq(vaults.id, input.vaultId)))
      .for('no key update');
    if (!vault) throw notFound('vault');
    const refusal =
      acceptRefusal({ ...share, isKeyMissing: await isKeyMissing(tx, share) }) ??
      vaultRefusal({ ...share, kind: share.sourceKind }, vault);
    if (refusal) throw refusal;
    const pointId = copiedPointId(share.id, vault.id);
    const [answer] = await tx.execute<{ refusal: string | null }>(sql`
      select accept_backup_share(${share.id}, ${vault.id}, ${pointId}, ${ctx.actor.name}) as refusal`);
    if (answer?.refusal) throw refusalOf(answer.refusal);
    await audit({
      resourceKind: 'backup_share',
      resourceId: share.id,
      resourceName: share.backupName,
      before: { state: share.state },
      after: {
        state: 'copying',
        sharerAccountId: share.sharerAccountId,
        vaultId: vault.id,
        vaultName: vault.name,
        pointId,
        sizeBytes: share.sizeBytes,
      },
    });
    return one(await toReceivedShares(tx, [await getReceivedRow(tx, share.id)]));
  },
});

/** Declines a shared backup; its owner may share it again. */
export const rejectBackupShare = writeVerb({
  action: 'backup_shares.reject',
  permission: 'shares.manage',
  activity: 'stop',
  input: RejectBackupShare,
  async run({ tx, input, audit }): Promise<ReceivedBackupShare> {
    const share = await getReceivedRow(tx, input.id);
    const refusal = answerRefusal(share.state);
    if (refusal) throw refusal;
    const [answer] = await tx.execute<{ refusal: string | null }>(
      sql`select reject_backup_share(${share.id}) as refusal`,
    );
    if (answer?.refusal) throw refusalOf(answer.refusal);
    await audit({
      resourceKind: 'backup_share',
      resourceId: share.id,
      resourceName: share.backupName,
      before: { state: share.state },
      after: { state: 'rejected', sharerAccountId: share.sharerAccountId },
    });
    return one(await toReceivedShares(tx, [await getReceivedRow(tx, share.id)]));
  },
});

/** The account's vaults for backups of this kind, with why one cannot take the shared backup; those that can come first. */
export const listVaultCandidates = readVerb({
  action: 'backup_shares.list_vaults',
  permission: 'shares.read',
  input: ListVaultCandidates,
  async run({ ctx, tx, input }): Promise<{ items: VaultCandidate[] }> {
    const share = await getReceivedRow(tx, input.id);
    const rows = await tx
      .select()
      .from(vaults)
      .where(and(eq(vaults.accountId, ctx.accountId), sql`is_capacity_vault(${vaults.kind})`))
      .orderBy(vaults.name);
    const items = rows.map((vault) => ({
      id: vault.id,
      name: vault.name,
      region: vault.region,
      encryption: vault.encryption,
      capacityBytes: vault.capacityBytes ?? 0,
      usedBytes: vault.storedBytes,
      reservedBytes: vault.reservedBytes,
      freeBytes: freeBytesOf(vault),
      isAutoExpanding: vault.isAutoExpanding,
      isLocked: vault.lockedAt !== null,
      refusal: vaultRefusal({ ...share, kind: share.sourceKind }, vault)?.message ?? null,
    }));
    return { items: items.toSorted((a, b) => Number(a.refusal !== null) - Number(b.refusal !== null)) };
  },
});

function one(shares: ReceivedBackupShare[]): ReceivedBackupShare {
  const [share] = shares;
  invariant(share, 'one row becomes one share');
  return share;
}
