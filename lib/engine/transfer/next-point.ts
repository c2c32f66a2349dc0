import { and, eq, sql } from 'drizzle-orm';
import type { Database, Tx } from '@/db/client';
import { backupPoints, replicationPoints } from '@/db/schema';
import { newId } from '@/lib/context';
import { settlePending } from './absorb-events';
import { type ClaimedReplication, inReplication, lockClaimed } from './claim';
import { refreshCounters } from './counters';

export type SourcePointRow = typeof backupPoints.$inferSelect;

/** A point to be copied now, with the id that its copy has from its first attempt on. */
export interface DuePoint {
  source: SourcePointRow;
  targetPointId: string;
  isHistory: boolean;
}

/**
 * The next point to copy: new points in the order they were made, then history from the newest backwards. Points that
 * are no longer to be copied get their final state on the way.
 */
export async function nextPoint(db: Database, claimed: ClaimedReplication): Promise<DuePoint | null> {
  return inReplication(db, claimed, async (tx) => {
    await lockClaimed(tx, claimed);
    for (;;) {
      const due = await firstPending(tx, claimed.row.id);
      if (!due) return null;
      const source = await loadCopyable(tx, claimed, due.source_point_id);
      if (source === 'settled') continue;
      const [row] = await tx
        .update(replicationPoints)
        .set({ targetPointId: sql`coalesce(${replicationPoints.targetPointId}, ${newId('s')})` })
        .where(
          and(
            eq(replicationPoints.replicationId, claimed.row.id),
            eq(replicationPoints.sourcePointId, source.id),
          ),
        )
        .returning({ targetPointId: replicationPoints.targetPointId });
      return { source, targetPointId: row!.targetPointId!, isHistory: due.is_history };
    }
  });
}

async function firstPending(tx: Tx, replicationId: string) {
  const pending = sql`select source_point_id, is_history from replication_points
    where replication_id = ${replicationId} and state = 'pending'`;
  const [row] = await tx.execute<{ source_point_id: string; is_history: boolean }>(sql`
    (${pending} and not is_history order by captured_at limit 1)
    union all
    (${pending} and is_history order by captured_at desc limit 1)
    limit 1`);
  return row ?? null;
}

/** Reads the source point, or gives it the final state that the source's own state asks for. */
export async function loadCopyable(
  tx: Tx,
  { row }: ClaimedReplication,
  sourcePointId: string,
): Promise<SourcePointRow | 'settled'> {
  const [found] = await tx
    .select({ point: backupPoints, hasExpired: sql<boolean>`${backupPoints.expiresAt} <= expiry_now()` })
    .from(backupPoints)
    .where(and(eq(backupPoints.id, sourcePointId), eq(backupPoints.vaultId, row.sourceVaultId)));
  if (found && !found.hasExpired && found.point.status === 'visible' && found.point.tier === 'standard') {
    return found.point;
  }
  if (found?.hasExpired) {
    await settlePending(tx, row.id, sourcePointId, 'expired', 'Expired before it was copied.');
  } else if (found?.point.tier === 'archive') {
    await settlePending(
      tx,
      row.id,
      sourcePointId,
      'archived',
      'Archived at the source before it was copied.',
    );
  } else {
    await settlePending(tx, row.id, sourcePointId, 'deleted', 'Deleted at the source before it was copied.');
  }
  await refreshCounters(tx, row.id, { isCaughtUp: false });
  return 'settled';
}
