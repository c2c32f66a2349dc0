import type { replications } from '@/db/schema';
import { objectiveState, settlingSeconds, unheardAfterSeconds } from './recovery-objective';
import type { Replication, WaitingReason } from './schemas';
import { nextTryAt } from './waiting';

export type ReplicationRow = typeof replications.$inferSelect;

/** A replication's row as the API shows it to one of its two accounts. */
export function toReplication(row: ReplicationRow, accountId: string, now: Date): Replication {
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
    targetGuardDays: row.targetGuardDays,
    state: row.state,
    waitingReason: row.state === 'active' ? (row.waitingReason as WaitingReason | null) : null,
    waitingSince: row.state === 'active' ? toIso(row.waitingSince) : null,
    history: {
      pointsTotal: row.historyPointsTotal,
      pointsDone: row.historyPointsDone,
      bytesTotal: row.historyBytesTotal,
      bytesDone: row.historyBytesDone,
      percent: historyPercent(row),
      completedAt: toIso(row.historyCompletedAt),
    },
    current:
      row.state === 'active' && row.currentPointId
        ? { pointId: row.currentPointId, bytesDone: row.currentBytesDone, bytesTotal: row.currentBytesTotal }
        : null,
    rateBytesPerSecond: isMoving(row) ? row.rateBytesPerSecond : 0,
    secondsLeft: secondsLeft(row),
    newestPointAt: toIso(row.newestPointAt),
    lag: { points: row.lagPoints, bytes: row.lagBytes, seconds: lagSeconds(row, now) },
    copiedBytes: row.copiedBytes,
    nextTryAt: toIso(nextTryAt(row)),
    objective: toObjective(row, now),
    lastStepAt: toIso(row.lastStepAt),
    lastError: row.lastError,
    createdAt: row.createdAt.toISOString(),
    stoppedAt: toIso(row.stoppedAt),
  };
}

function toObjective(row: ReplicationRow, now: Date): Replication['objective'] {
  const { objectiveSeconds: seconds, silenceDays } = row;
  if (row.state === 'stopped') {
    const nothing = { missedSince: null, settledAt: null, silentSince: null, unheardSince: null };
    return { seconds: null, state: 'none', silenceDays: null, ...nothing };
  }
  const { state, missedSince } = objectiveState(row, now);
  const heardAt = row.watchedAt ?? row.createdAt;
  const isUnheard = now.getTime() - heardAt.getTime() > unheardAfterSeconds * 1000;
  const settledAt =
    state === 'recovering' && row.recoveringSince && seconds !== null
      ? new Date(row.recoveringSince.getTime() + settlingSeconds(seconds) * 1000)
      : null;
  return {
    seconds,
    state,
    missedSince: toIso(missedSince),
    settledAt: toIso(settledAt),
    silenceDays,
    silentSince: toIso(row.silentSince),
    unheardSince: isUnheard ? heardAt.toISOString() : null,
  };
}

function sideOf(row: ReplicationRow, accountId: string): Replication['side'] {
  if (row.accountId === row.sourceAccountId) return 'both';
  return row.accountId === accountId ? 'target' : 'source';
}

/** Rounded down, and 100 only when all of history is at the target: a bar that says done is never early. */
export function historyPercent(
  row: Pick<
    ReplicationRow,
    | 'historyCompletedAt'
    | 'historyBytesDone'
    | 'historyBytesTotal'
    | 'historyPointsDone'
    | 'historyPointsTotal'
  >,
): number {
  if (row.historyCompletedAt) return 100;
  const [done, total] =
    row.historyBytesTotal > 0
      ? [row.historyBytesDone, row.historyBytesTotal]
      : [row.historyPointsDone, row.historyPointsTotal];
  if (total <= 0) return 0;
  return Math.max(0, Math.min(99, Math.floor((done / total) * 100)));
}

/**
 * Seconds until what is known to be missing is through at the present rate. Rate, history and current point count the
 * same bytes, those that are written; how many of a later point's bytes are new is not known before it is its turn.
 */
export function secondsLeft(
  row: Pick<
    ReplicationRow,
    | 'state'
    | 'waitingReason'
    | 'historyCompletedAt'
    | 'historyBytesDone'
    | 'historyBytesTotal'
    | 'currentPointId'
    | 'currentBytesDone'
    | 'currentBytesTotal'
    | 'lagPoints'
    | 'rateBytesPerSecond'
  >,
): number | null {
  if (row.state !== 'active') return null;
  if (row.historyCompletedAt && row.lagPoints === 0) return 0;
  if (!isMoving(row) || row.rateBytesPerSecond <= 0) return null;
  if (row.historyCompletedAt && row.lagPoints > 1) return null;
  const left = row.historyCompletedAt
    ? row.currentBytesTotal - row.currentBytesDone
    : row.historyBytesTotal - row.historyBytesDone;
  return Math.ceil(Math.max(0, left) / row.rateBytesPerSecond);
}

/** A rate is told only while something is being copied: the last one measured would outlive its point. */
function isMoving(row: Pick<ReplicationRow, 'state' | 'waitingReason' | 'currentPointId'>): boolean {
  return row.state === 'active' && row.waitingReason === null && row.currentPointId !== null;
}

/** How long the oldest new point has been waiting to reach the target. */
export function lagSeconds(row: Pick<ReplicationRow, 'state' | 'lagSince'>, now: Date): number {
  if (row.state !== 'active' || row.lagSince === null) return 0;
  return Math.max(0, Math.floor((now.getTime() - row.lagSince.getTime()) / 1000));
}

const toIso = (at: Date | null): string | null => at?.toISOString() ?? null;
