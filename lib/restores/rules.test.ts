import { expect, test } from 'vitest';
import { estimateRestoreSeconds, evaluateDestination } from './rules';

const now = new Date('2026-05-01T12:00:00Z');

test.each([
  ["a server's client in the region of the vault", 'server', 'cn-beijing', null, null],
  ["a server's client in another region", 'server', 'eu-central-1', null, null],
  ['an ECS instance in the region of the vault', 'ecs', 'cn-beijing', null, null],
  ['an ECS instance in another region', 'ecs', 'cn-hangzhou', null, 'other_region'],
  ['a revoked client', 'server', 'cn-beijing', now, 'revoked'],
] as const)('%s', (_, placement, region, revokedAt, reason) => {
  const verdict = evaluateDestination({ placement, region, revokedAt }, 'cn-beijing');
  expect(verdict).toMatchObject({ eligible: reason === null, reason });
  expect(verdict.explanation === null).toBe(reason === null);
});

const earlier = (transferredBytes: number, seconds: number) => ({
  progress: { transferredBytes },
  startedAt: now.toISOString(),
  finishedAt: new Date(now.getTime() + seconds * 1000).toISOString(),
});

test.each([
  ['nothing was restored yet', [], null],
  ['only empty restores', [earlier(0, 5)], null],
  ['one that has not ended', [{ ...earlier(100, 5), finishedAt: null }], null],
  ['one', [earlier(100, 5)], 50],
  ['a large and a small one, by their bytes', [earlier(990, 99), earlier(10, 1)], 100],
])('the time of a restore after %s', (_, jobs, seconds) => {
  expect(estimateRestoreSeconds(1000, jobs)).toBe(seconds);
});
