import { describe, expect, test } from 'vitest';
import {
  type DestinationVerdict,
  estimateRestoreSeconds,
  evaluateDestination,
  evaluateSource,
} from './rules';

const now = new Date('2026-05-01T12:00:00Z');

type Kind = Parameters<typeof evaluateSource>[2];

test.each([
  ["a server's client in the region of the vault", 'local_file', 'server', 'cn-beijing', null, null],
  ["a server's client in another region", 'local_file', 'server', 'eu-central-1', null, null],
  ['a host for a NAS that is not registered', 'common_nas', 'server', 'cn-beijing', null, 'other_kind'],
  ['an ECS instance in the region of the vault', 'ecs_file', 'ecs', 'cn-beijing', null, null],
  ['an ECS instance in another region', 'ecs_file', 'ecs', 'cn-hangzhou', null, 'other_region'],
  ['a server for files of an ECS instance', 'ecs_file', 'server', 'cn-beijing', null, 'other_kind'],
  ['an ECS instance for files of a server', 'local_file', 'ecs', 'cn-beijing', null, 'other_kind'],
  ['an ECS instance for a dump', 'database_dump', 'ecs', 'cn-beijing', null, null],
  ['a server for a dump', 'container_image', 'server', 'cn-hangzhou', null, null],
  ['a host for a bucket', 'oss', 'server', 'cn-beijing', null, 'other_kind'],
  ['a revoked client', 'local_file', 'server', 'cn-beijing', now, 'revoked'],
] as const)('%s', (_, kind: Kind, placement, region, revokedAt, reason) => {
  expectVerdict(evaluateDestination({ placement, region, revokedAt }, 'cn-beijing', kind), reason);
});

const sourceKinds = ['oss', 'nas', 'cpfs', 'tablestore', 'hana'] as const;

describe.each(sourceKinds)('a registered source of %s', (kind) => {
  const at = (region: string, revokedAt: Date | null = null) => ({ kind, region, revokedAt });

  test('takes a restore of its own kind from a vault of its own region', () => {
    expectVerdict(evaluateSource(at('cn-beijing'), 'cn-beijing', kind), null);
    expectVerdict(evaluateSource(at('cn-hangzhou'), 'cn-beijing', kind), 'other_region');
    expectVerdict(evaluateSource(at('cn-beijing', now), 'cn-beijing', kind), 'revoked');
    for (const other of sourceKinds.filter((wanted) => wanted !== kind))
      expectVerdict(evaluateSource(at('cn-beijing'), 'cn-beijing', other), 'other_kind');
  });

  test('is not compared by region before a vault was chosen', () => {
    expectVerdict(evaluateSource(at('cn-hangzhou'), null, kind), null);
  });
});

function expectVerdict(verdict: DestinationVerdict, reason: DestinationVerdict['reason']) {
  expect(verdict).toMatchObject({ eligible: reason === null, reason });
  expect(verdict.explanation === null).toBe(reason === null);
}

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
