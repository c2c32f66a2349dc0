import { describe, expect, it } from 'vitest';
import { describeRetention, describeSchedule, readPlainCron, writePlainCron } from './words';

const timing = { timeZone: 'Europe/Berlin', startAt: '2026-01-05T01:00:00Z' };

describe('schedules in words', () => {
  it.each([
    ['0 2 * * *', 'Every day at 02:00, Europe/Berlin'],
    ['5 22 * * 1,3', 'On Monday, Wednesday at 22:05, Europe/Berlin'],
    ['0 4 1 * *', 'On day 1 of each month at 04:00, Europe/Berlin'],
    ['0 4 * * 1#1', 'By the expression 0 4 * * 1#1, Europe/Berlin'],
    ['0 4 1 * 1', 'By the expression 0 4 1 * 1, Europe/Berlin'],
  ])('%s', (expression, words) => {
    expect(describeSchedule({ kind: 'cron', expression, ...timing })).toBe(words);
  });

  it('intervals, with the local time of their start', () => {
    const every = (count: number, unit: 'hour' | 'day' | 'week') =>
      describeSchedule({ kind: 'interval', every: count, unit, ...timing });
    expect([every(1, 'hour'), every(6, 'hour'), every(2, 'day'), every(1, 'week')]).toEqual([
      'Every hour',
      'Every 6 hours',
      'Every 2 days at 02:00, Europe/Berlin',
      'Every week on Monday at 02:00, Europe/Berlin',
    ]);
  });
});

describe('plain expressions', () => {
  it.each(['0 2 * * *', '30 23 * * 0,6', '0 4 31 * *'])('%s reads and writes the same', (expression) => {
    expect(writePlainCron(readPlainCron(expression)!)).toBe(expression);
  });

  it.each(['*/5 * * * *', '0 25 * * *', '0 2 * 1 *', '0 2 * * 1-5'])('%s is not one', (expression) => {
    expect(readPlainCron(expression)).toBeNull();
  });
});

it('retention in words', () => {
  const rule = { days: 1, dailyDays: null, weeklyDays: 60, monthlyDays: null, yearlyDays: 3650 };
  expect(describeRetention(rule)).toBe('1 day; first of the week 60 days; first of the year 3,650 days');
});
