import type { replications } from '@/db/schema';
import type { Replication, WaitingReason } from './schemas';

type Row = typeof replications.$inferSelect;

/** A replication as the asking account sees it; `now` turns the oldest waiting point into a lag. */
export function toReplication(row: Row, accountId: string, now: Date): Replication {
  return {
    id: row.id,
    side: sideOf(row, accountId),
    source: {
      accountId: row.sourceAccountId,
      accountName: row.sourceAccountName,
      vaultId: row.sourceVaultId,
      vaultName: row.sourceVaultName,
      region: row.sourceRegion,
    },
    target: {
      accountId: row.accountId,
      accountName: row.targetAccountName,
      vaultId: row.targetVaultId,
      vaultName: row.targetVaultName,
      region: row.targetRegion,
    },
    state: row.state,
    waitingReason: row.waitingReason as WaitingReason | null,
    waitingSince: iso(row.waitingSince),
    history: {
      pointsTotal: row.historyPointsTotal,
      pointsDone: row.historyPointsDone,
      bytesTotal: row.historyBytesTotal,
      bytesDone: row.historyBytesDone,
      percent: historyPercent(row),
      completedAt: iso(row.historyCompletedAt),
    },
    current: row.currentPointId
      ? { pointId: row.currentPointId, bytesDone: row.currentBytesDone, bytesTotal: row.currentBytesTotal }
      : null,
    rateBytesPerSecond: row.rateBytesPerSecond,
    secondsLeft: secondsLeft(row),
    newestPointAt: iso(row.newestPointAt),
    lag: { points: row.lagPoints, bytes: row.lagBytes, seconds: lagSeconds(row, now) },
    copiedBytes: row.copiedBytes,
    lastStepAt: iso(row.lastStepAt),
    lastError: row.lastError,
    createdAt: row.createdAt.toISOString(),
    stoppedAt: iso(row.stoppedAt),
  };
}

const iso = (at: Date | null) => at?.toISOString() ?? null;

function sideOf(row: Row, accountId: string): Replication['side'] {
  if (row.accountId === row.sourceAccountId) return 'both';
  return row.accountId === accountId ? 'target' : 'source';
}

/** By bytes, or by points where all points are empty; never 100 before the last point is through. */
function historyPercent(row: Row): number {
  if (row.historyCompletedAt) return 100;
  const [done, total] =
    row.historyBytesTotal > 0
      ? [row.historyBytesDone, row.historyBytesTotal]
      : [row.historyPointsDone, row.historyPointsTotal];
  return total === 0 ? 0 : Math.max(0, Math.min(99, Math.floor((done / total) * 100)));
}

function secondsLeft(row: Row): number | null {
  if (row.state !== 'active' || row.rateBytesPerSecond <= 0) return null;
  const history = row.historyCompletedAt ? 0 : Math.max(0, row.historyBytesTotal - row.historyBytesDone);
  return Math.ceil((history + row.lagBytes) / row.rateBytesPerSecond);
}

function lagSeconds(row: Row, now: Date): number {
  if (!row.lagSince || row.state !== 'active') return 0;
  return Math.max(0, Math.floor((now.getTime() - row.lagSince.getTime()) / 1000));
}
