import { localDate, mondayOf } from './calendar';

export interface RetentionRule {
  /** Every point at least as long. */
  days: number;
  /** The first point of each day, week, month, year; null: no rule of this kind. */
  dailyDays: number | null;
  weeklyDays: number | null;
  monthlyDays: number | null;
  yearlyDays: number | null;
}

export const retentionKinds = ['base', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type RetentionKind = (typeof retentionKinds)[number];

export interface RetentionPlan {
  days: number;
  /** The rule that won: the longest of those that apply, the plainest among equals. */
  by: RetentionKind;
  reason: string;
}

const periods = {
  daily: { name: 'day', keyOf: (date: string) => date },
  weekly: { name: 'week', keyOf: mondayOf },
  monthly: { name: 'month', keyOf: (date: string) => date.slice(0, 7) },
  yearly: { name: 'year', keyOf: (date: string) => date.slice(0, 4) },
} as const;

export function daysOf(rule: RetentionRule, kind: RetentionKind): number | null {
  return {
    base: rule.days,
    daily: rule.dailyDays,
    weekly: rule.weeklyDays,
    monthly: rule.monthlyDays,
    yearly: rule.yearlyDays,
  }[kind];
}

/** The longest that a rule can keep a point. */
export function longestDays(rule: RetentionRule): number {
  return Math.max(...retentionKinds.map((kind) => daysOf(rule, kind) ?? 0));
}

/**
 * How long a point that is made now is kept, for good: nothing changes it later. `lastPointAt` is the time of the rule's
 * last point of the same data; a point in another period than that one is the first of its own.
 */
export function planRetention(
  rule: RetentionRule,
  timeZone: string,
  at: Date,
  lastPointAt: Date | null,
): RetentionPlan {
  const date = localDate(at, timeZone);
  const lastDate = lastPointAt && localDate(lastPointAt, timeZone);
  let plan: RetentionPlan = {
    days: rule.days,
    by: 'base',
    reason: `Every point is kept ${spell(rule.days)}.`,
  };
  for (const kind of ['daily', 'weekly', 'monthly', 'yearly'] as const) {
    const days = daysOf(rule, kind);
    const { name, keyOf } = periods[kind];
    const isFirst = lastDate === null || keyOf(date) !== keyOf(lastDate);
    if (days === null || !isFirst || days <= plan.days) continue;
    plan = { days, by: kind, reason: `The first point of its ${name} is kept ${spell(days)}.` };
  }
  return plan;
}

export function spell(days: number): string {
  return `${days.toLocaleString('en-US')} ${days === 1 ? 'day' : 'days'}`;
}
