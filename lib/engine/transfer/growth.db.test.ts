import { describe, expect, it } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import { noise } from '@/lib/engine/core/test-bytes';
import { countedWorld, filesOf } from './test-counters';
import { backUp, replicatedPoints, tick } from './test-world';

const database = await testDatabase();
const MiB = 1024 * 1024;

/** Replicates a vault of `baseMiB` with `points` points, then 8 MiB of new data, and counts what the latter cost. */
async function costOfNewData(baseMiB: number, points: number) {
  const { world, counters } = await countedWorld(database);
  const base = filesOf(baseMiB, MiB, 1);
  for (let i = 0; i < points; i++)
    await backUp(world, world.source, { ...base, [`p${i}`]: noise(2000, i + 7) });
  await tick(world, world.target.accountId);
  const id = await backUp(world, world.source, { ...base, ...filesOf(8, MiB, 2) });
  counters.reset();
  expect((await tick(world, world.target.accountId)).errors).toEqual([]);
  const point = (await replicatedPoints(world)).get(id)!;
  expect(point.state).toBe('copied');
  const { queries, names, lists } = counters;
  return {
    queries,
    names,
    lists,
    newBytes: point.copiedBytes,
    read: counters.readBytes[world.source.vaultId]!,
    written: counters.writtenBytes[world.target.vaultId]!,
  };
}

describe('the cost of replicating', () => {
  it('follows the new data, whatever the size of the vault and the number of its points', {
    timeout: 120_000,
  }, async () => {
    const small = await costOfNewData(4, 1);
    const large = await costOfNewData(32, 1);
    const many = await costOfNewData(4, 40);
    for (const cost of [small, large, many]) {
      const newBytes = cost.newBytes;
      expect(newBytes).toBeGreaterThan(8 * MiB);
      expect(cost.read).toBeLessThan(1.02 * newBytes + 256 * 1024);
      expect(cost.written).toBeLessThan(1.02 * newBytes + 64 * 1024);
      // 64 new chunks and the pages above them, each looked up at either end at most twice.
      expect(cost.names).toBeLessThan(1000);
      expect(cost.lists).toBe(0);
    }
    // More files beside the new ones make their folders' pages longer, and nothing else.
    expect(large.names).toBeLessThan(small.names + 2 * 8 * 28 + 50);
    expect(many.names).toBeLessThan(small.names + 100);
    expect(large.queries).toBeLessThan(small.queries * 1.15 + 5);
    expect(many.queries).toBeLessThan(small.queries * 1.15 + 5);
  });

  it('is a fixed number of queries and no byte when there is nothing to do', async () => {
    const { world, counters } = await countedWorld(database);
    const costs: number[] = [];
    for (let i = 0; i < 12; i++) {
      await backUp(world, world.source, { f: noise(1000, i) });
      await tick(world, world.target.accountId);
      counters.reset();
      const { steps } = await tick(world, world.target.accountId);
      expect(steps).toEqual(['sample']);
      expect([counters.readBytes, counters.writtenBytes, counters.lists]).toEqual([{}, {}, 0]);
      costs.push(counters.queries);
    }
    // The sample that opens a new minute also removes those of the day before.
    expect(Math.max(...costs) - Math.min(...costs)).toBeLessThanOrEqual(1);
    expect(Math.max(...costs)).toBeLessThan(20);
  });
});
