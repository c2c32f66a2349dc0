import { and, asc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupPoints, replicaRemovals, vaults } from '@/db/schema';
import { notFound } from '@/lib/errors';
import type { ReplicaRemovalList } from './schemas';

export type TargetVault = typeof vaults.$inferSelect;
const shown = 500;

/** Locked against a removal that is being carried out, when it is to be changed. */
export async function requireTargetVault(
  tx: Tx,
  accountId: string,
  vaultId: string,
  { lock = false } = {},
): Promise<TargetVault> {
  const query = tx
    .select()
    .from(vaults)
    .where(
      and(eq(vaults.id, vaultId), eq(vaults.accountId, accountId), eq(vaults.kind, 'replication_target')),
    );
  const [vault] = lock ? await query.for('no key update') : await query;
  if (!vault) throw notFound('vault');
  return vault;
}

export async function loadRemovals(tx: Tx, vault: TargetVault): Promise<ReplicaRemovalList> {
  const ofVault = and(eq(replicaRemovals.vaultId, vault.id), eq(backupPoints.status, 'visible'));
  const rows = await tx
    .select({ removal: replicaRemovals, point: backupPoints })
    .from(replicaRemovals)
    .innerJoin(backupPoints, eq(backupPoints.id, replicaRemovals.pointId))
    .where(ofVault)
    .orderBy(asc(replicaRemovals.removeAt), asc(replicaRemovals.pointId))
    .limit(shown);
  const [sums] = await tx
    .select({
      total: sql<number>`count(*)::int`,
      bytes: sql<number>`coalesce(sum(${backupPoints.sourceBytes}), 0)::float8`,
    })
    .from(replicaRemovals)
    .innerJoin(backupPoints, eq(backupPoints.id, replicaRemovals.pointId))
    .where(ofVault);
  return {
    items: rows.map(({ removal, point }) => ({
      pointId: point.id,
      sourceName: point.sourceName,
      createdAt: point.createdAt.toISOString(),
      sourceBytes: point.sourceBytes,
      archivedAt: removal.archivedAt.toISOString(),
      announcedAt: removal.announcedAt.toISOString(),
      removeAt: removal.removeAt.toISOString(),
      held: holdOf(removal.heldAt, removal.heldBy),
    })),
    total: sums!.total,
    totalSourceBytes: sums!.bytes,
    guardDays: vault.guardDays,
    vaultHold: holdOf(vault.removalsHeldAt, vault.removalsHeldBy),
  };
}

const holdOf = (at: Date | null, by: string | null) =>
  at ? { at: at.toISOString(), by: by ?? 'Unknown' } : null;

interface Hold {
  heldAt: Date | null;
  heldBy: string | null;
}

/** @returns the replicas among `pointIds` that were not yet so. @throws `not_found` when one is not announced. */
export async function setPointHolds(
  tx: Tx,
  vaultId: string,
  pointIds: readonly string[],
  hold: Hold,
): Promise<string[]> {
  const wanted = [...new Set(pointIds)];
  const announced = and(eq(replicaRemovals.vaultId, vaultId), inArray(replicaRemovals.pointId, wanted));
  const known = await tx.select({ id: replicaRemovals.pointId }).from(replicaRemovals).where(announced);
  if (known.length < wanted.length) throw notFound('removal');
  const changed = await tx
    .update(replicaRemovals)
    .set(hold)
    .where(and(announced, hold.heldAt ? isNull(replicaRemovals.heldAt) : isNotNull(replicaRemovals.heldAt)))
    .returning({ id: replicaRemovals.pointId });
  return changed.map(({ id }) => id);
}
