import type { z } from 'zod';
import { localDate, localTime } from '@/lib/policies/calendar';
import { type PolicyRule, RuleInput } from '@/lib/policies/schemas';
import { readPlainCron, writePlainCron } from '@/lib/policies/words';

export type Rhythm = 'daily' | 'weekly' | 'monthly' | 'interval' | 'cron';

/** A rule as it is being entered: everything is kept, also what the chosen rhythm does not use. */
export interface RuleDraft {
  /** Tells rules apart on the page. */
  key: string;
  id?: string;
  name: string;
  rhythm: Rhythm;
  /** `02:00`, by the wall clock of the zone. */
  time: string;
  weekdays: number[];
  dayOfMonth: string;
  every: string;
  unit: 'hour' | 'day' | 'week';
  expression: string;
  timeZone: string;
  /** `2026-03-01T02:00` by the reader's clock; empty for at once. */
  start: string;
  /** Of a rule there is: kept to the second unless `start` is changed. */
  startAt: string | null;
  days: string;
  dailyDays: string;
  weeklyDays: string;
  monthlyDays: string;
  yearlyDays: string;
  hasLonger: boolean;
  archiveAfterDays: string;
  archives: boolean;
  /** Empty for the archive tier of the same vault. */
  archiveVaultId: string;
}

export const newRule = (key: string, timeZone: string, change: Partial<RuleDraft> = {}): RuleDraft => ({
  key,
  name: 'Daily',
  rhythm: 'daily',
  time: '02:00',
  weekdays: [0],
  dayOfMonth: '1',
  every: '6',
  unit: 'hour',
  expression: '0 2 * * 1-5',
  timeZone,
  start: '',
  startAt: null,
  days: '30',
  dailyDays: '',
  weeklyDays: '',
  monthlyDays: '',
  yearlyDays: '',
  hasLonger: false,
  archiveAfterDays: '30',
  archives: false,
  archiveVaultId: '',
  ...change,
});

/** What the verb takes. A rule without a start begins now. */
export function toRuleInput(draft: RuleDraft, now: Date): z.input<typeof RuleInput> {
  const longer = (days: string) => (draft.hasLonger && days.trim() !== '' ? days : null);
  return {
    ...(draft.id && { id: draft.id }),
    name: draft.name,
    schedule: toSchedule(draft, now),
    retention: {
      days: draft.days,
      dailyDays: longer(draft.dailyDays),
      weeklyDays: longer(draft.weeklyDays),
      monthlyDays: longer(draft.monthlyDays),
      yearlyDays: longer(draft.yearlyDays),
    },
    archiveAfterDays: draft.archives ? draft.archiveAfterDays : null,
    archiveVaultId: draft.archives && draft.archiveVaultId ? draft.archiveVaultId : null,
  };
}

function toSchedule(draft: RuleDraft, now: Date): z.input<typeof RuleInput>['schedule'] {
  const timing = { timeZone: draft.timeZone, startAt: startOf(draft, now) };
  if (draft.rhythm === 'interval')
    return { kind: 'interval', every: draft.every, unit: draft.unit, ...timing };
  return { kind: 'cron', expression: toExpression(draft), ...timing };
}

function toExpression(draft: RuleDraft): string {
  if (draft.rhythm === 'cron') return draft.expression;
  const [hour = 0, minute = 0] = draft.time.split(':').map(Number);
  const everyDay = [0, 1, 2, 3, 4, 5, 6];
  return writePlainCron({
    hour,
    minute,
    weekdays: draft.rhythm === 'weekly' ? draft.weekdays : everyDay,
    dayOfMonth: draft.rhythm === 'monthly' ? Number(draft.dayOfMonth) : null,
  });
}

function startOf({ start, startAt }: RuleDraft, now: Date): string {
  if (startAt && start === toLocalInput(startAt)) return startAt;
  const entered = new Date(start);
  if (start === '' || Number.isNaN(entered.getTime())) {
    // A minute that has begun counts: a schedule knows no seconds.
    return new Date(Math.floor(now.getTime() / 60_000) * 60_000).toISOString();
  }
  return entered.toISOString();
}

/** A moment as a `datetime-local` field shows it, by the reader's clock. */
export function toLocalInput(at: string): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { hour, minute } = localTime(new Date(at), zone);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${localDate(new Date(at), zone)}T${two(hour)}:${two(minute)}`;
}

export function fromRule(rule: PolicyRule): RuleDraft {
  const { schedule, retention } = rule;
  const text = (days: number | null) => (days === null ? '' : String(days));
  const longer = [retention.dailyDays, retention.weeklyDays, retention.monthlyDays, retention.yearlyDays];
  return newRule(rule.id, schedule.timeZone, {
    id: rule.id,
    name: rule.name,
    ...rhythmOf(schedule),
    start: toLocalInput(schedule.startAt),
    startAt: schedule.startAt,
    days: text(retention.days),
    dailyDays: text(retention.dailyDays),
    weeklyDays: text(retention.weeklyDays),
    monthlyDays: text(retention.monthlyDays),
    yearlyDays: text(retention.yearlyDays),
    hasLonger: longer.some((days) => days !== null),
    archives: rule.archiveAfterDays !== null,
    archiveAfterDays: text(rule.archiveAfterDays) || '30',
    archiveVaultId: rule.archiveVaultId ?? '',
  });
}

function rhythmOf(schedule: PolicyRule['schedule']): Partial<RuleDraft> {
  if (schedule.kind === 'interval') {
    return { rhythm: 'interval', every: String(schedule.every), unit: schedule.unit };
  }
  const { expression } = schedule;
  const plain = readPlainCron(expression);
  if (!plain) return { rhythm: 'cron', expression };
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(plain.hour)}:${two(plain.minute)}`;
  if (plain.dayOfMonth !== null) {
    return { rhythm: 'monthly', time, dayOfMonth: String(plain.dayOfMonth), expression };
  }
  if (plain.weekdays.length === 7) return { rhythm: 'daily', time, expression };
  return { rhythm: 'weekly', time, weekdays: plain.weekdays, expression };
}

/** Messages by the field of the draft; empty when the rule can be saved. */
export function checkRule(draft: RuleDraft, now: Date): Record<string, string> {
  if (draft.rhythm === 'weekly' && draft.weekdays.length === 0)
    return { weekdays: 'Choose at least one day.' };
  const parsed = RuleInput.safeParse(toRuleInput(draft, now));
  if (parsed.success) return {};
  const problems: Record<string, string> = {};
  for (const issue of parsed.error.issues) problems[fieldOf(issue.path.map(String), draft)] ??= issue.message;
  return problems;
}

function fieldOf([first = '', second = '']: string[], { rhythm }: RuleDraft): string {
  if (first === 'retention') return second;
  if (first !== 'schedule') return first;
  if (second !== 'expression' || rhythm === 'cron') return second === 'startAt' ? 'start' : second;
  return rhythm === 'monthly' ? 'dayOfMonth' : 'time';
}
