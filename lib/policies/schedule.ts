import { Cron } from 'croner';
import { dayNumber, isTimeZone, localDate, localTime } from './calendar';

/** When a rule runs. Days and weeks are those of the wall clock in the zone, hours are elapsed time. */
export type Schedule = { timeZone: string; startAt: string } & (
  | { kind: 'interval'; every: number; unit: 'hour' | 'day' | 'week' }
  | { kind: 'cron'; expression: string }
);

export const leastGapMinutes = 60;
const gapSamples = 400;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/**
 * The first run after a moment; none before the schedule's start. A local time that a clock change leaves out runs when the
 * clock has jumped, one that comes twice runs the first time. Null when there is none.
 */
export function nextRunAfter(schedule: Schedule, after: Date): Date | null {
  const start = new Date(schedule.startAt);
  // The start itself is a run, so the search begins just before it.
  const from = new Date(Math.max(after.getTime(), start.getTime() - 1));
  if (schedule.kind === 'cron') return cronOf(schedule).nextRun(floorToSecond(from)) ?? null;
  if (schedule.unit === 'hour') return nextElapsed(start, schedule.every * hourMs, from);
  return nextOnWallClock(schedule, start, from);
}

export function nextRuns(schedule: Schedule, after: Date, count: number): Date[] {
  const runs: Date[] = [];
  for (let at = nextRunAfter(schedule, after); at && runs.length < count; at = nextRunAfter(schedule, at)) {
    runs.push(at);
  }
  return runs;
}

/** The runs up to and with `until`, not more than `most`. */
export function runsUntil(schedule: Schedule, after: Date, until: Date, most: number): Date[] {
  const runs: Date[] = [];
  for (let at = nextRunAfter(schedule, after); at && at <= until; at = nextRunAfter(schedule, at)) {
    runs.push(at);
    if (runs.length === most) break;
  }
  return runs;
}

/** What is wrong with a schedule, by field, or null. */
export function scheduleProblem(schedule: Schedule): { field: string; message: string } | null {
  if (!isTimeZone(schedule.timeZone)) {
    return { field: 'timeZone', message: 'There is no time zone of this name.' };
  }
  if (schedule.kind === 'interval') return null;
  return cronProblem(schedule);
}

function cronProblem(schedule: Schedule & { kind: 'cron' }): { field: string; message: string } | null {
  const problem = (message: string) => ({ field: 'expression', message });
  try {
    cronOf(schedule);
  } catch {
    return problem('Write five fields: minute, hour, day of the month, month, day of the week.');
  }
  const runs = nextRuns(schedule, new Date(schedule.startAt), gapSamples);
  if (runs.length === 0) return problem('No date fits this expression, so it would never run.');
  const isCrowded = runs.some((at, i) => {
    const previous = runs[i - 1];
    return previous !== undefined && at.getTime() - previous.getTime() < leastGapMinutes * 60_000;
  });
  return isCrowded ? problem(`Leave at least ${leastGapMinutes} minutes between two runs.`) : null;
}

function nextElapsed(start: Date, stepMs: number, from: Date): Date {
  const steps = Math.max(0, Math.floor((from.getTime() - start.getTime()) / stepMs) + 1);
  return new Date(start.getTime() + steps * stepMs);
}

/** Every so many days at the start's local time, so that 02:00 stays 02:00 when the clocks change. */
function nextOnWallClock(schedule: Schedule & { kind: 'interval' }, start: Date, from: Date): Date | null {
  const { timeZone, every, unit } = schedule;
  const step = unit === 'week' ? every * 7 : every;
  const { hour, minute } = localTime(start, timeZone);
  const daily = cronFor(`${minute} ${hour} * * *`, timeZone);
  const first = dayNumber(localDate(start, timeZone));
  const daysIn = dayNumber(localDate(from, timeZone)) - first;
  const daysToGo = (step - (((daysIn % step) + step) % step)) % step;
  let at = new Date(Math.max(from.getTime(), from.getTime() + (daysToGo - 2) * dayMs));
  for (;;) {
    const run = daily.nextRun(floorToSecond(at));
    if (!run) return null;
    const days = dayNumber(localDate(run, timeZone)) - first;
    if (days >= 0 && days % step === 0) return run;
    // The day after this one may be a step away.
    const left = step - (((days % step) + step) % step);
    at = new Date(Math.max(run.getTime(), run.getTime() + (left - 2) * dayMs));
  }
}

/** croner reads whole seconds; a moment within a second would find that same second again. */
function floorToSecond(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1000) * 1000);
}

const crons = new Map<string, Cron>();

function cronOf({ expression, timeZone }: { expression: string; timeZone: string }): Cron {
  return cronFor(expression, timeZone);
}

function cronFor(expression: string, timeZone: string): Cron {
  const key = `${timeZone} ${expression}`;
  const known = crons.get(key);
  if (known) return known;
  const made = new Cron(expression, { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard' });
  if (crons.size > 500) crons.clear();
  crons.set(key, made);
  return made;
}
