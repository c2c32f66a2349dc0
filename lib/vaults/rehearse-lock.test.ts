import { expect, test } from 'vitest';
import { rehearseLock } from './rehearse-lock';

const now = new Date('2026-05-01T00:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
/** One micro for each byte and day: sums can be done by heart. */
const price = (bytes: number, days: number) => ({ amountMicros: bytes * days, currency: 'USD' });
const point = (addedBytes: number, days: number) => ({
  sourceBytes: 100,
  addedBytes,
  expiresAt: inDays(days),
});

test('covers what has not expired, until the last of it has', () => {
  const found = rehearseLock(
    { storedBytes: 30, kmsKeyName: null },
    [point(10, 5), point(20, 9), point(5, -1)],
    now,
    price,
  );
  expect(found).toMatchObject({
    points: 2,
    sourceBytes: 200,
    firstExpiresAt: inDays(5).toISOString(),
    lastExpiresAt: inDays(9).toISOString(),
    decline: [
      { at: inDays(5).toISOString(), pointsLeft: 1 },
      { at: inDays(9).toISOString(), pointsLeft: 0 },
    ],
  });
});

test('costs each point’s bytes until it expires, and the rest until the end', () => {
  const { cost } = rehearseLock(
    { storedBytes: 40, kmsKeyName: null },
    [point(10, 5), point(20, 9)],
    now,
    price,
  );
  expect(cost).toEqual({ amountMicros: 10 * 5 + 20 * 9 + 10 * 9, currency: 'USD', days: 9 });
});

test('costs no more than what is stored, where points brought more than was kept', () => {
  const { cost } = rehearseLock(
    { storedBytes: 15, kmsKeyName: null },
    [point(10, 10), point(20, 10)],
    now,
    price,
  );
  expect(cost.amountMicros).toBe(150);
});

test('names what is refused from then on, the key that opens it too', () => {
  const actions = (key: string | null, points = [point(1, 1)]) =>
    rehearseLock({ storedBytes: 1, kmsKeyName: key }, points, now, price).refused.map(({ action }) => action);
  expect(actions('alias/books')).toEqual([
    'Deleting a backup point',
    'Deleting the vault',
    'Taking the lock off',
    'Shortening the retention of a point',
    'Destroying the key alias/books',
  ]);
  expect(actions('alias/books', [])).not.toContain('Deleting the vault');
  expect(actions(null)).not.toContain('Destroying the key alias/books');
});

test('an empty vault keeps nothing and costs nothing', () => {
  expect(rehearseLock({ storedBytes: 0, kmsKeyName: null }, [], now, price)).toMatchObject({
    points: 0,
    firstExpiresAt: null,
    lastExpiresAt: null,
    cost: { amountMicros: 0, days: 0 },
  });
});

test('a long way down is told in twelve steps, the last of which is empty', () => {
  const points = Array.from({ length: 100 }, (_, index) => point(1, index + 1));
  const { decline } = rehearseLock({ storedBytes: 100, kmsKeyName: null }, points, now, price);
  expect(decline).toHaveLength(12);
  expect(decline.at(-1)).toEqual({ at: inDays(100).toISOString(), pointsLeft: 0 });
});

test('says how many points it does not cover because they came by a share, and keeps none of them', () => {
  const shared = { ...point(50, 30), isShared: true };
  const found = rehearseLock(
    { storedBytes: 60, kmsKeyName: 'k' },
    [point(10, 5), shared, shared],
    now,
    price,
  );
  expect(found).toMatchObject({ points: 1, uncoveredPoints: 2, lastExpiresAt: inDays(5).toISOString() });
  expect(rehearseLock({ storedBytes: 50, kmsKeyName: 'k' }, [shared], now, price)).toMatchObject({
    points: 0,
    uncoveredPoints: 1,
    lastExpiresAt: null,
  });
});
