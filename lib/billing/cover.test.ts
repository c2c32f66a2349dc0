import { expect, test } from 'vitest';
import { coverSpan, type Plan } from './cover';
import type { Meter } from './meters';

const startsAt = new Date('2026-03-10T05:00:00Z');
const plan = (capacityBytes: number, region: string | null = null, given: Partial<Plan> = {}): Plan => ({
  capacityBytes,
  region,
  startsAt: new Date('2026-03-01T00:00:00Z'),
  endsAt: new Date('2026-04-01T00:00:00Z'),
  ...given,
});
/** Stored bytes for the hour. */
const row = (storedBytes: number, region = 'cn-beijing', meter: Meter = 'storage_standard') => ({
  meter,
  region,
  quantityMicro: BigInt(storedBytes) * 3_600_000_000n,
});
const cover = (rows: ReturnType<typeof row>[], plans: Plan[]) => {
  const { coveredMicro, usedFraction } = coverSpan({ startsAt, seconds: 3600, rows }, plans);
  return { bytes: coveredMicro.map((micro) => Number(micro / 3_600_000_000n)), usedFraction };
};

test.each([
  ['no plan covers nothing', [row(100)], [], [0], []],
  ['a plan covers what is stored', [row(100)], [plan(400)], [100], [0.25]],
  ['what is over the plan is charged', [row(100)], [plan(60)], [60], [1]],
  ['a plan of another region covers nothing', [row(100)], [plan(60, 'cn-shanghai')], [0], [0]],
  [
    "a region's own plan is used up first",
    [row(100), row(50, 'cn-shanghai')],
    [plan(80), plan(60, 'cn-beijing')],
    [95, 44],
    [1, 1],
  ],
  ['vaults of a region are covered alike', [row(100), row(300)], [plan(200)], [50, 150], [1]],
  ['two plans add up', [row(100)], [plan(30), plan(30, 'cn-beijing')], [60], [1, 1]],
  [
    'traffic is never covered',
    [row(100, 'cn-beijing', 'replication_traffic'), row(9, 'cn-beijing', 'restore_internet')],
    [plan(500)],
    [0, 0],
    [0],
  ],
  ['a trial needs no cover', [row(100, 'cn-beijing', 'storage_trial'), row(10)], [plan(10)], [0, 10], [1]],
  [
    'a plan that has not begun covers nothing',
    [row(100)],
    [plan(100, null, { startsAt: new Date('2026-03-11T00:00:00Z') })],
    [0],
    [0],
  ],
  [
    'a plan that is over covers nothing',
    [row(100)],
    [plan(100, null, { endsAt: new Date('2026-03-10T00:00:00Z') })],
    [0],
    [0],
  ],
])('%s', (_, rows, plans, bytes, usedFraction) => {
  expect(cover(rows, plans)).toEqual({ bytes, usedFraction });
});
