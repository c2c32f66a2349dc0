import { expect, test } from 'vitest';
import { growthPerDay } from './growth';

const now = new Date('2026-05-31T00:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

test.each([
  ['over thirty days at most', 300, 90, 10],
  ['over the days that there are', 300, 10, 30],
  ['not at all without a whole day', 300, 0.5, null],
] as const)('growth is told %s', (_title, addedBytes, days, expected) => {
  expect(growthPerDay({ addedBytes, firstPointAt: daysAgo(days) }, now)).toBe(expected);
});

test('growth of an empty vault cannot be told', () => {
  expect(growthPerDay({ addedBytes: 0, firstPointAt: null }, now)).toBeNull();
});
