import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { type ClaimedReplication, inReplication } from './claim';
import { Measured } from './measured';

interface CopiedPoint {
  id: string;
  isHistory: boolean;
  expectedBytes: number;
}

/**
 * What has been done of one point, for the replication's row. Until the walk has come to its end, the total is what the
 * point added at its source, or what is planned when that is more.
 */
export function measurePoint(db: Database, claimed: ClaimedReplication, point: CopiedPoint): Measured {
  const { row, fence } = claimed;
  return new Measured(({ plannedBytes, doneBytes, rateBytesPerSecond, freshBytes, isWalked }) => {
    const total = isWalked ? plannedBytes : Math.max(plannedBytes, point.expectedBytes);
    return inReplication(db, claimed, (tx) =>
      tx.execute(sql`
        update replications
        set current_point_id = ${point.id}, current_bytes_done = ${doneBytes}, current_bytes_total = ${total},
            rate_bytes_per_second = ${rateBytesPerSecond}, copied_bytes = copied_bytes + ${freshBytes},
            history_bytes_done = history_bytes_done + ${point.isHistory ? freshBytes : 0},
            waiting_reason = null, waiting_since = null, last_step_at = now()
        where id = ${row.id} and fence = ${fence} and state = 'active'`),
    );
  });
}
