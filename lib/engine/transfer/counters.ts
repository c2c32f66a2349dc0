import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';

/**
 * Brings a replication's lag up to date, at a cost that follows the new points still pending. History counts as complete
 * once every event up to the source's head has been planned and none of it is pending.
 */
export async function refreshCounters(
  tx: Tx,
  replicationId: string,
  options: { isCaughtUp: boolean },
): Promise<void> {
  await tx.execute(sql`
    with behind as (
      select count(*)::int as points, coalesce(sum(source_bytes), 0) as bytes, min(committed_at) as since
      from replication_points
      where replication_id = ${replicationId} and state = 'pending' and not is_history),
    history as (
      select not exists (
        select 1 from replication_points
        where replication_id = ${replicationId} and state = 'pending' and is_history) as is_done)
    update replications r
    set lag_points = behind.points, lag_bytes = behind.bytes, lag_since = behind.since,
        history_bytes_total = case when ${options.isCaughtUp} and history.is_done and r.history_completed_at is null
          then r.history_bytes_done else greatest(r.history_bytes_total, r.history_bytes_done) end,
        history_completed_at = case when ${options.isCaughtUp} and history.is_done
          then coalesce(r.history_completed_at, now()) else r.history_completed_at end
    from behind, history where r.id = ${replicationId}`);
}
