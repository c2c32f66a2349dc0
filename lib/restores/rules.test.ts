import { expect, test } from 'vitest';
import { evaluateDestination } from './rules';

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
