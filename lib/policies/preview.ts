import { planRetention, type RetentionKind, type RetentionRule, retentionKinds } from './retention';
import { nextRuns, runsUntil, type Schedule } from './schedule';

const dayMs = 86_400_000;
/** A year of hourly runs, and a little more. */
const mostPoints = 9000;

export interface PlannedRule {
  schedule: Schedule;
  retention: RetentionRule;
  archiveAfterDays: number | null;
}

export interface SamplePoint {
  at: Date;
  days: number;
  by: RetentionKind;
  reason: string;
  expiresAt: Date;
  /** When it moves to the archive tier, or null. */
  archiveAt: Date | null;
}

export interface KindTotal {
  by: RetentionKind;
  /** Points of the sample that this rule decides. */
  made: number;
  /** Of those, how many are held at a time once the rule has run for as long as it keeps them. */
  held: number;
  days: number;
}

export interface Sample {
  points: SamplePoint[];
  until: Date;
  totals: KindTotal[];
  /** Points held at a time in the long run, all rules together. */
  heldPoints: number;
  /** Of those, how many in the archive tier. */
  heldArchived: number;
}

/** A year of a rule's points from a moment on, as if every run made one: what each is kept for, until when and why. */
export function planSample(rule: PlannedRule, from: Date, days = 365): Sample {
  const end = new Date(from.getTime() + days * dayMs);
  const points: SamplePoint[] = [];
  let lastPointAt: Date | null = null;
  for (const at of runsUntil(rule.schedule, new Date(from.getTime() - 1), end, mostPoints)) {
    points.push(toPoint(rule, at, lastPointAt));
    lastPointAt = at;
  }
  const until = points.length === mostPoints ? lastPointAt! : end;
  const sampleDays = Math.max(1, (until.getTime() - from.getTime()) / dayMs);
  const totals = retentionKinds.flatMap((by) => toTotal(points, by, until, sampleDays));
  return {
    points,
    until,
    totals,
    heldPoints: totals.reduce((sum, total) => sum + total.held, 0),
    heldArchived: totals.reduce((sum, total) => sum + archivedOf(total, rule.archiveAfterDays), 0),
  };
}

function toPoint(rule: PlannedRule, at: Date, lastPointAt: Date | null): SamplePoint {
  const plan = planRetention(rule.retention, rule.schedule.timeZone, at, lastPointAt);
  const inDays = (count: number) => new Date(at.getTime() + count * dayMs);
  return {
    at,
    ...plan,
    expiresAt: inDays(plan.days),
    archiveAt: rule.archiveAfterDays === null ? null : inDays(rule.archiveAfterDays),
  };
}

function toTotal(points: SamplePoint[], by: RetentionKind, until: Date, sampleDays: number): KindTotal[] {
  const mine = points.filter((point) => point.by === by);
  const days = mine[0]?.days;
  if (days === undefined) return [];
  // A span that fits the sample is counted; a longer one follows from how often such a point is made.
  const held =
    days <= sampleDays
      ? mine.filter((point) => point.expiresAt > until && point.at <= until).length
      : Math.round((mine.length * days) / sampleDays);
  return [{ by, made: mine.length, held, days }];
}

function archivedOf({ held, days }: KindTotal, archiveAfterDays: number | null): number {
  return archiveAfterDays === null ? 0 : Math.round((held * (days - archiveAfterDays)) / days);
}

/** The next runs of several rules together, in the order of time. */
export function planNextRuns<T extends { schedule: Schedule }>(
  rules: readonly T[],
  after: Date,
  count: number,
): { rule: T; at: Date }[] {
  return rules
    .flatMap((rule) => nextRuns(rule.schedule, after, count).map((at) => ({ rule, at })))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .slice(0, count);
}

export interface KnownPoint {
  sourceBytes: number;
  addedBytes: number;
}

/**
 * What the held points come to, from the points there are: the data once, and what each further one added so far. Null
 * without a point, because nothing is known of the data then.
 */
export function estimateHeldBytes(heldPoints: number, newestFirst: readonly KnownPoint[]): number | null {
  const [newest] = newestFirst;
  if (!newest) return null;
  // The first point carries the whole data; it says nothing about what a day changes.
  const changes = newestFirst.slice(0, -1).map((point) => point.addedBytes);
  const typical = changes.reduce((sum, bytes) => sum + bytes, 0) / Math.max(1, changes.length);
  return Math.round(newest.sourceBytes + Math.max(0, heldPoints - 1) * typical);
}
