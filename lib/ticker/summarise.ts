import type { replications } from '@/db/schema';
import { lagSeconds } from '@/lib/replication';
import type { TickerState } from './schemas';

type ReplicationRow = typeof replications.$inferSelect;

/** Sums up the running replications into one account: history still to come counts as behind. */
export function summarise(
  rows: Pick<
    ReplicationRow,
    | 'state'
    | 'lagPoints'
    | 'lagBytes'
    | 'lagSince'
    | 'historyPointsTotal'
    | 'historyPointsDone'
    | 'historyBytesTotal'
    | 'historyBytesDone'
    | 'historyCompletedAt'
    | 'currentPointId'
  >[],
  now: Date,
): Pick<TickerState, 'behind' | 'inFlight'> {
  const behind = { replications: 0, points: 0, bytes: 0, seconds: 0 };
  for (const row of rows) {
    const history = row.historyCompletedAt
      ? { points: 0, bytes: 0 }
      : {
          points: Math.max(0, row.historyPointsTotal - row.historyPointsDone),
          bytes: Math.max(0, row.historyBytesTotal - row.historyBytesDone),
        };
    if (row.historyCompletedAt && row.lagPoints === 0) continue;
    behind.replications += 1;
    behind.points += row.lagPoints + history.points;
    behind.bytes += row.lagBytes + history.bytes;
    behind.seconds = Math.max(behind.seconds, lagSeconds(row, now));
  }
  return { behind, inFlight: rows.filter((row) => row.currentPointId !== null).length };
}
