import { expect, test } from 'vitest';
import { addMonths, dayKey, weeksOf } from './month';

test('a month is laid out from Monday to Sunday', () => {
  // 1 February 2027 is a Monday, and the month has exactly four weeks.
  expect(weeksOf({ year: 2027, month: 1 }).map((week) => [week[0], week[6]])).toEqual([
    ['2027-02-01', '2027-02-07'],
    ['2027-02-08', '2027-02-14'],
    ['2027-02-15', '2027-02-21'],
    ['2027-02-22', '2027-02-28'],
  ]);
  // 1 March 2026 is a Sunday.
  expect(weeksOf({ year: 2026, month: 2 })[0]).toEqual([null, null, null, null, null, null, '2026-03-01']);
  expect(weeksOf({ year: 2026, month: 2 }).at(-1)?.slice(0, 3)).toEqual(['2026-03-30', '2026-03-31', null]);
});

test('months carry over the year', () => {
  expect(addMonths({ year: 2026, month: 11 }, 1)).toEqual({ year: 2027, month: 0 });
  expect(addMonths({ year: 2026, month: 0 }, -1)).toEqual({ year: 2025, month: 11 });
});

test('a moment belongs to the day of the reader', () => {
  expect(dayKey(new Date(2026, 2, 9, 23, 59))).toBe('2026-03-09');
});
