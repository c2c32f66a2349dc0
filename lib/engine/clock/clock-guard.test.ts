import { expect, test } from 'vitest';
import { vouchFor } from './clock-guard';

const trustedAt = new Date('2026-05-01T12:00:00Z');

test('an engine vouches for the time it measured and a hundredth more, whatever any clock says', () => {
  expect(vouchFor({ trustedAt, elapsedMs: 100_000 })).toEqual(new Date('2026-05-01T12:01:41Z'));
  expect(vouchFor({ trustedAt, elapsedMs: 0 })).toEqual(trustedAt);
});

test('an engine that has just started vouches for nothing', () => {
  expect(vouchFor(null)).toBeNull();
});
