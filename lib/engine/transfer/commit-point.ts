import { and, eq, sql } from 'drizzle-orm';
import type { Database, Tx } from '@/db/client';
import { accounts, backupPoints, grants, pins, pointEvents, replicationPoints, vaults } from '@/db/schema';
import { pinnedBytes, releasePin } from '@/lib/engine/index/pins';
import { CrossvaultError } from '@/lib/errors';
import {
  type ClaimedReplication,
  inReplication,
  lockClaimed,
  type ReplicationRow,
  Superseded,
} from './claim';
import { refreshCounters } from './counters';
import { type DuePoint, loadCopyable } from './next-point';
import { SideError } from './sides';
import { AccessRevoked, AccountInactive } from './tell-error';

export interface CopiedPoint extends DuePoint {
  pinNo: number;
  spaceNo: number;
}

/**
 * Makes a copied point visible. Its chunks and its manifest are durable by now. One transaction decides: the vault, the
 * replication and the grant are locked in this order, so that a revocation or a stop is either before the point or after.
 *
 * @returns `settled` when the source point was deleted or expired meanwhile: then nothing becomes visible.
 * @throws `Superseded`, `ReplicationStopped`, `AccessRevoked`, `SideError` for a target that takes no points.
 */
export async function commitPoint(
  db: Database,
  claimed: ClaimedReplication,
  copied: CopiedPoint,
): Promise<'copied' | 'settled'> {
  return inReplication(db, claimed, async (tx) => {
    await lockTarget(tx, claimed.row);
    const replication = await lockClaimed(tx, claimed);
    await requireGrant(tx, replication);
    await requireActiveTarget(tx, replication);
    if (!(await isPending(tx, replication.id, copied.source.id))) return 'settled';
    if ((await loadCopyable(tx, claimed, copied.source.id)) === 'settled') return 'settled';
    // Waits for packs that a superseded engine is recording under this pin; later ones find no pin and fail.
    const held = await tx.select().from(pins).where(eq(pins.pinNo, copied.pinNo)).for('update');
    if (held.length === 0) throw new Superseded(replication.id);
    const addedBytes = await pinnedBytes(tx, copied.pinNo);
    await insertPoint(tx, replication, copied, addedBytes);
    await releasePin(tx, copied.pinNo);
    await recordCopied(tx, replication, copied, addedBytes);
    await appendEvent(tx, replication, copied.targetPointId);
    return 'copied';
  });
}

async function lockTarget(tx: Tx, row: ReplicationRow): Promise<void> {
  const [target] = await tx
    .select({ status: vaults.status })
    .from(vaults)
    .where(and(eq(vaults.id, row.targetVaultId), eq(vaults.accountId, row.accountId)))
    .for('no key update');
  if (target?.status === 'created' || target?.status === 'error') return;
  throw new SideError(
    'target',
    new CrossvaultError('state_conflict', 'The target vault takes no points now.'),
  );
}

/** @throws `AccessRevoked`. Within one account no grant is needed. */
export async function requireGrant(tx: Tx, row: ReplicationRow): Promise<void> {
  if (row.accountId === row.sourceAccountId) return;
  const found = await tx
    .select({ vaultId: grants.vaultId })
    .from(grants)
    .where(
      and(
        eq(grants.vaultId, row.targetVaultId),
        eq(grants.accountId, row.accountId),
        eq(grants.granteeAccountId, row.sourceAccountId),
      ),
    )
    .for('share');
  if (found.length === 0) throw new AccessRevoked();
}

/** The state of the source's account does not count: its copies are for the day when that one is lost. */
export async function requireActiveTarget(tx: Tx, { accountId }: ReplicationRow): Promise<void> {
  const [account] = await tx
    .select({ state: accounts.state })
    .from(accounts)
    .where(eq(accounts.accountId, accountId));
  if (account && account.state !== 'active') throw new AccountInactive(account.state);
}

async function isPending(tx: Tx, replicationId: string, sourcePointId: string): Promise<boolean> {
  const [point] = await tx
    .select({ state: replicationPoints.state })
    .from(replicationPoints)
    .where(
      and(
        eq(replicationPoints.replicationId, replicationId),
        eq(replicationPoints.sourcePointId, sourcePointId),
      ),
    )
    .for('update');
  return point?.state === 'pending';
}

/** The copy keeps its origin's times and retention; it is a point of the target in all else. */
async function insertPoint(
  tx: Tx,
  row: ReplicationRow,
  { source, targetPointId, spaceNo }: CopiedPoint,
  addedBytes: number,
): Promise<void> {
  // What is archived is never at a target, so a copy has no date for it; and a copy belongs to no policy: nothing keeps it
  // beyond its date.
  const { committedAt: _, archiveAt: __, archiveVaultId: ___, ...kept } = source;
  await tx.insert(backupPoints).values({
    ...kept,
    accountId: row.accountId,
    id: targetPointId,
    vaultId: row.targetVaultId,
    originAccountId: source.originAccountId,
    originVaultId: source.originVaultId,
    originPointId: source.originPointId,
    spaceNo,
    addedBytes,
    policyRunId: null,
    bindingId: null,
    keepsNewest: false,
  });
}

async function recordCopied(
  tx: Tx,
  row: ReplicationRow,
  { source, isHistory }: CopiedPoint,
  addedBytes: number,
): Promise<void> {
  await tx
    .update(replicationPoints)
    .set({ state: 'copied', copiedBytes: addedBytes, finishedAt: sql`now()` })
    .where(and(eq(replicationPoints.replicationId, row.id), eq(replicationPoints.sourcePointId, source.id)));
  await tx.execute(sql`
    update replications
    set history_points_done = history_points_done + ${isHistory ? 1 : 0},
        newest_point_at = greatest(newest_point_at, ${source.createdAt.toISOString()}::timestamptz),
        current_point_id = null, current_bytes_done = 0, current_bytes_total = 0,
        waiting_reason = null, waiting_since = null, last_error = null, last_step_at = now()
    where id = ${row.id}`);
  await refreshCounters(tx, row.id, { isCaughtUp: true });
}

/** Last, because the row it locks is what gives events their order. */
async function appendEvent(tx: Tx, row: ReplicationRow, pointId: string): Promise<void> {
  const [{ head }] = (await tx
    .update(vaults)
    .set({ head: sql`${vaults.head} + 1` })
    .where(and(eq(vaults.id, row.targetVaultId), eq(vaults.accountId, row.accountId)))
    .returning({ head: vaults.head })) as [{ head: number }];
  await tx.insert(pointEvents).values({
    accountId: row.accountId,
    vaultId: row.targetVaultId,
    seq: head,
    kind: 'committed',
    pointId,
  });
}
