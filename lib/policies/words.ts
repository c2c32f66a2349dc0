import { localDate, localTime } from './calendar';
import { daysOf, type RetentionKind, type RetentionRule, spell } from './retention';
import type { Schedule } from './schedule';

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const two = (value: number) => String(value).padStart(2, '0');

/** `Every day at 02:00, Europe/Berlin`. */
export function describeSchedule(schedule: Schedule): string {
  const { timeZone } = schedule;
  if (schedule.kind === 'cron') return `${describeCron(schedule.expression)}, ${timeZone}`;
  const { every, unit } = schedule;
  const span = every === 1 ? unit : `${every} ${unit}s`;
  if (unit === 'hour') return `Every ${span}`;
  const start = new Date(schedule.startAt);
  const { hour, minute } = localTime(start, timeZone);
  const day = unit === 'week' ? ` on ${weekdays[weekdayOf(localDate(start, timeZone))]}` : '';
  return `Every ${span}${day} at ${two(hour)}:${two(minute)}, ${timeZone}`;
}

function describeCron(expression: string): string {
  const plain = readPlainCron(expression);
  if (!plain) return `By the expression ${expression}`;
  const time = `${two(plain.hour)}:${two(plain.minute)}`;
  if (plain.dayOfMonth !== null) return `On day ${plain.dayOfMonth} of each month at ${time}`;
  if (plain.weekdays.length === 7) return `Every day at ${time}`;
  return `On ${plain.weekdays.map((day) => weekdays[day]).join(', ')} at ${time}`;
}

export interface PlainCron {
  hour: number;
  minute: number;
  /** 0 is Sunday; all seven for every day. */
  weekdays: number[];
  dayOfMonth: number | null;
}

/** An expression that says no more than a time, on some weekdays or on one day of the month; else null. */
export function readPlainCron(expression: string): PlainCron | null {
  const match = /^(\d{1,2}) (\d{1,2}) (\*|\d{1,2}) \* (\*|[0-6](?:,[0-6])*)$/.exec(expression.trim());
  if (!match) return null;
  const [minute, hour] = [Number(match[1]), Number(match[2])];
  const dayOfMonth = match[3] === '*' ? null : Number(match[3]);
  const days =
    match[4] === '*' ? [0, 1, 2, 3, 4, 5, 6] : [...new Set(match[4]!.split(',').map(Number))].sort();
  if (hour > 23 || minute > 59 || (dayOfMonth !== null && days.length < 7)) return null;
  return { hour, minute, weekdays: days, dayOfMonth };
}

export function writePlainCron({ hour, minute, weekdays: days, dayOfMonth }: PlainCron): string {
  const on = days.length === 7 ? '*' : [...days].sort().join(',');
  return `${minute} ${hour} ${dayOfMonth ?? '*'} * ${dayOfMonth === null ? on : '*'}`;
}

function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

export const kindWords: Record<RetentionKind, string> = {
  base: 'Every point',
  daily: 'First of the day',
  weekly: 'First of the week',
  monthly: 'First of the month',
  yearly: 'First of the year',
};

/** `30 days; first of the month 365 days`. */
export function describeRetention(rule: RetentionRule): string {
  const longer = (['daily', 'weekly', 'monthly', 'yearly'] as const).flatMap((kind) => {
    const days = daysOf(rule, kind);
    return days === null ? [] : [`${kindWords[kind].toLowerCase()} ${spell(days)}`];
  });
  return [spell(rule.days), ...longer].join('; ');
}
