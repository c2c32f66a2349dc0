import { nextRunAfter, runsUntil, type Schedule } from './schedule';

/** How long after its time a run still starts, waiting for its client or the run before it; then it is missed. */
export const graceMinutes = 60;
/** How often a waiting run is looked at. */
export const lookSeconds = 60;
/** Runs counted as missed in one look; more are told as so many. */
export const mostCounted = 1000;

export interface Obstacle {
  /** A stable word: `client_offline`, `previous_running`, `vault_not_ready`. */
  reason: string;
  explanation: string;
}

export interface DueTimer {
  schedule: Schedule;
  dueAt: Date;
  /** What it has been waiting for so far; null at the first look. */
  waitingFor: Obstacle | null;
}

export interface DuePlan {
  /** Runs that are over without having begun, told as one. */
  missed: ({ count: number; lastAt: Date } & Obstacle) | null;
  /** The time of the run to start now. */
  startAt: Date | null;
  /** Null when the schedule has no further run. */
  next: { runAt: Date; lookAt: Date; waitingFor: Obstacle | null } | null;
}

const late: Obstacle = {
  reason: 'not_started_in_time',
  explanation: 'No engine was running at its time.',
};

/**
 * What becomes of a run whose time has come. Missed runs are not made up: of several, the last one starts if it is still in
 * time, the others are told as missed. A run that something stands in the way of waits, at most until the next one is due.
 */
export function planDueRun(
  { schedule, dueAt, waitingFor }: DueTimer,
  now: Date,
  obstacle: Obstacle | null,
): DuePlan {
  const later = runsUntil(schedule, dueAt, now, mostCounted);
  const lastAt = later.at(-1) ?? dueAt;
  const following = nextRunAfter(schedule, later.length === mostCounted ? now : lastAt);
  const why = waitingFor ?? late;
  const rest = following && { runAt: following, lookAt: following, waitingFor: null };
  const graceEnd = new Date(lastAt.getTime() + graceMinutes * 60_000);
  if (now > graceEnd) {
    // Who has waited for this very run is told what for; runs that nobody looked at in time were simply not started.
    const reason = later.length === 0 && waitingFor !== null ? (obstacle ?? waitingFor) : why;
    return { missed: { count: later.length + 1, lastAt, ...reason }, startAt: null, next: rest };
  }
  const earlier = later.length > 0 ? { count: later.length, lastAt: later.at(-2) ?? dueAt, ...why } : null;
  if (!obstacle) return { missed: earlier, startAt: lastAt, next: rest };
  const lookAt = earliest(
    new Date(now.getTime() + lookSeconds * 1000),
    new Date(graceEnd.getTime() + 1),
    following,
  );
  return { missed: earlier, startAt: null, next: { runAt: lastAt, lookAt, waitingFor: obstacle } };
}

function earliest(...times: (Date | null)[]): Date {
  return new Date(Math.min(...times.flatMap((time) => (time ? [time.getTime()] : []))));
}
