import type { ReplicationRow } from './to-replication';

/** What a replication is judged by, and what earlier judgements left. */
export type Watched = Pick<
  ReplicationRow,
  | 'objectiveSeconds'
  | 'silenceDays'
  | 'lagSince'
  | 'lagPoints'
  | 'newestPointAt'
  | 'historyPointsTotal'
  | 'historyCompletedAt'
  | 'createdAt'
  | 'missedSince'
  | 'recoveringSince'
  | 'silentSince'
>;

export type WatchEvent = 'missed' | 'met' | 'silent' | 'heard';

export interface Judgement {
  missedSince: Date | null;
  recoveringSince: Date | null;
  silentSince: Date | null;
  /** What has become different, for which both sides are told once. */
  events: WatchEvent[];
}

const dayMs = 86_400_000;

/** Since when the oldest data that is not at the target has been waiting; null when nothing waits. */
export function behindSince(
  row: Pick<
    Watched,
    'lagSince' | 'newestPointAt' | 'historyPointsTotal' | 'historyCompletedAt' | 'createdAt'
  >,
): Date | null {
  if (row.lagSince) return row.lagSince;
  const hasNothingYet = row.newestPointAt === null && row.historyPointsTotal > 0 && !row.historyCompletedAt;
  return hasNothingYet ? row.createdAt : null;
}

/** The moment from which the objective is missed, whether it has come or not; null when nothing waits or none is set. */
export function missedFrom(row: Watched): Date | null {
  const since = behindSince(row);
  return since && row.objectiveSeconds !== null
    ? new Date(since.getTime() + row.objectiveSeconds * 1000)
    : null;
}

/**
 * How long an objective has to be met again before the incident is over. Without it a copy that takes a little longer than
 * its objective would raise and call off an alert with each point: what is missed again comes within twice the objective.
 */
export function settlingSeconds(objectiveSeconds: number): number {
  return Math.min(86_400, Math.max(600, 2 * objectiveSeconds));
}

/** Judges one replication at a moment. Repeated at the same moment with its own outcome, it finds nothing new. */
export function judge(row: Watched, now: Date): Judgement {
  const { missedSince, recoveringSince, met } = judgeObjective(row, now);
  const silentSince = judgeSilence(row, now);
  const events: WatchEvent[] = [];
  if (missedSince && !row.missedSince) events.push('missed');
  if (met) events.push('met');
  if (silentSince && !row.silentSince) events.push('silent');
  if (!silentSince && row.silentSince && row.silenceDays !== null) events.push('heard');
  return { missedSince, recoveringSince, silentSince, events };
}

function judgeObjective(row: Watched, now: Date) {
  const none = { missedSince: null, recoveringSince: null, met: false };
  if (row.objectiveSeconds === null) return none;
  const from = missedFrom(row);
  if (from && from <= now) {
    return { missedSince: row.missedSince ?? from, recoveringSince: null, met: false };
  }
  if (!row.missedSince) return none;
  const recoveringSince = row.recoveringSince ?? now;
  const settled = now.getTime() - recoveringSince.getTime() >= settlingSeconds(row.objectiveSeconds) * 1000;
  return settled ? { ...none, met: true } : { missedSince: row.missedSince, recoveringSince, met: false };
}

/** Nothing new has come for longer than is expected: the source may have been lost, or its backups may have stopped. */
function judgeSilence(row: Watched, now: Date): Date | null {
  if (row.silenceDays === null || row.lagPoints > 0) return null;
  const heardAt = row.newestPointAt && row.newestPointAt > row.createdAt ? row.newestPointAt : row.createdAt;
  const silentFrom = new Date(heardAt.getTime() + row.silenceDays * dayMs);
  return silentFrom <= now ? (row.silentSince ?? silentFrom) : null;
}

/** An active replication is judged once a minute; after this long without it nobody knows how it stands. */
export const unheardAfterSeconds = 900;

export type ObjectiveState = 'none' | 'met' | 'missed' | 'recovering';

/** How it stands now, for the reader: a miss shows when it happens and not when the engine next looks. */
export function objectiveState(row: Watched, now: Date): { state: ObjectiveState; missedSince: Date | null } {
  if (row.objectiveSeconds === null) return { state: 'none', missedSince: null };
  const from = missedFrom(row);
  if (from && from <= now) return { state: 'missed', missedSince: row.missedSince ?? from };
  return row.missedSince
    ? { state: 'recovering', missedSince: row.missedSince }
    : { state: 'met', missedSince: null };
}
