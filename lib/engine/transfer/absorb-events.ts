import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Database, Tx } from '@/db/client';
import { replicationPoints } from '@/db/schema';
import { announceRemovals } from './announce-removals';
import { type ClaimedReplication, inReplication, lockClaimed, type ReplicationRow } from './claim';
import { refreshCounters } from './counters';
import { type PointChange, planEvents, planRemovals, type SourceEvent } from './plan-events';

const eventsAtATime = 500;

interface EventRow extends Record<string, unknown> {
  seq: string;
  kind: SourceEvent['kind'];
  point_id: string;
  is_visible: boolean | null;
  is_archived: boolean;
  has_expired: boolean;
  is_history: boolean;
  captured_at: string | null;
  committed_at: string;
  source_bytes: string;
  added_bytes: string;
}

/**
 * Reads the source's next events and writes down what becomes of their points, in one transaction with the place read up
 * to: repeated or interrupted, each event counts once. @returns whether everything up to the source's head is planned.
 */
export async function absorbEvents(
  db: Database,
  claimed: ClaimedReplication,
): Promise<{ isCaughtUp: boolean }> {
  return inReplication(db, claimed, async (tx) => {
    const replication = await lockClaimed(tx, claimed);
    const rows = await readEvents(tx, replication);
    const events = rows.map(toEvent);
    const known = await knownStates(tx, replication.id, rows);
    const changes = planEvents(events, known);
    await announceRemovals(tx, replication, planRemovals(events, known));
    const history = await writeChanges(tx, replication, changes, rows);
    const seenSeq = rows.length > 0 ? Number(rows.at(-1)!.seq) : replication.seenSeq;
    await tx.execute(sql`
      update replications set seen_seq = ${seenSeq}, last_step_at = now(),
        history_points_total = history_points_total + ${history.points},
        history_bytes_total = history_bytes_total + ${history.bytes}
      where id = ${replication.id}`);
    const isCaughtUp = rows.length < eventsAtATime;
    await refreshCounters(tx, replication.id, { isCaughtUp });
    return { isCaughtUp };
  });
}

async function readEvents(tx: Tx, replication: ReplicationRow): Promise<EventRow[]> {
  return tx.execute<EventRow>(sql`
    select e.seq, e.kind, e.point_id, p.status = 'visible' as is_visible, p.tier = 'archive' as is_archived,
      p.expires_at <= expiry_now() as has_expired,
      ${replication.historyCompletedAt === null} and p.committed_at <= ${replication.createdAt.toISOString()} as is_history,
      p.created_at as captured_at, p.committed_at, p.source_bytes, p.added_bytes
    from point_events e left join backup_points p on p.id = e.point_id and p.vault_id = e.vault_id
    where e.vault_id = ${replication.sourceVaultId} and e.seq > ${replication.seenSeq}
    order by e.seq limit ${eventsAtATime}`);
}

function toEvent(row: EventRow): SourceEvent {
  const {
    is_visible: isVisible,
    is_archived: isArchived,
    has_expired: hasExpired,
    is_history: isHistory,
  } = row;
  const point = isVisible === null ? null : { isVisible, isArchived, hasExpired, isHistory };
  return { seq: Number(row.seq), kind: row.kind, pointId: row.point_id, point };
}

async function knownStates(tx: Tx, replicationId: string, rows: EventRow[]) {
  if (rows.length === 0) return new Map();
  const known = await tx
    .select({ pointId: replicationPoints.sourcePointId, state: replicationPoints.state })
    .from(replicationPoints)
    .where(
      and(
        eq(replicationPoints.replicationId, replicationId),
        inArray(
          replicationPoints.sourcePointId,
          rows.map((row) => row.point_id),
        ),
      ),
    );
  return new Map(known.map(({ pointId, state }) => [pointId, state]));
}

async function writeChanges(
  tx: Tx,
  replication: { id: string; accountId: string },
  changes: PointChange[],
  rows: EventRow[],
): Promise<{ points: number; bytes: number }> {
  const facts = new Map(rows.filter((row) => row.captured_at !== null).map((row) => [row.point_id, row]));
  const history = { points: 0, bytes: 0 };
  for (const { pointId, state, reason, isHistory } of changes) {
    const updated = await settlePending(tx, replication.id, pointId, state, reason);
    const fact = facts.get(pointId);
    if (updated || !fact) continue;
    await tx
      .insert(replicationPoints)
      .values({
        accountId: replication.accountId,
        replicationId: replication.id,
        sourcePointId: pointId,
        state,
        reason,
        isHistory,
        capturedAt: new Date(fact.captured_at!),
        committedAt: new Date(fact.committed_at),
        sourceBytes: Number(fact.source_bytes),
        finishedAt: state === 'pending' ? null : new Date(),
      })
      .onConflictDoNothing();
    if (state !== 'pending' || !isHistory) continue;
    history.points += 1;
    history.bytes += Number(fact.added_bytes);
  }
  return history;
}

/**
 * Gives a pending point a final state. A history point that needs no copy any more counts as done.
 * @returns whether it was pending.
 */
export async function settlePending(
  tx: Tx,
  replicationId: string,
  pointId: string,
  state: PointChange['state'],
  reason: string | null,
): Promise<boolean> {
  if (state === 'pending') return false;
  const [settled] = await tx
    .update(replicationPoints)
    .set({ state, reason, finishedAt: sql`now()` })
    .where(
      and(
        eq(replicationPoints.replicationId, replicationId),
        eq(replicationPoints.sourcePointId, pointId),
        eq(replicationPoints.state, 'pending'),
      ),
    )
    .returning({ isHistory: replicationPoints.isHistory });
  if (settled?.isHistory) {
    await tx.execute(sql`
      update replications set history_points_done = history_points_done + 1 where id = ${replicationId}`);
  }
  return settled !== undefined;
}
