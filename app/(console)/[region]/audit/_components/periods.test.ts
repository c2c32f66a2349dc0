import { expect, test } from 'vitest';
import { periodOptions, periodStart } from './periods';

const now = new Date('2026-03-10T12:00:00.000Z');

test('a period begins its length before now, and all time has no beginning', () => {
  expect(periodStart('day', now)).toBe('2026-03-09T12:00:00.000Z');
  expect(periodStart(null, now)).toBeUndefined();
  expect(periodStart('day', null)).toBeUndefined();
  for (const { value } of periodOptions) expect(periodStart(value, now)).toBeDefined();
});
