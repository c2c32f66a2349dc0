import { describe, expect, it } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import { noise } from '@/lib/engine/core/test-bytes';
import { countedWorld, filesOf } from '@/lib/engine/transfer/test-counters';
import { Archiver } from './archiver';
import { backUpOld, callForArchiving, pointOf, storedByTier } from './test-archive';

const database = await testDatabase();
const MiB = 1024 * 1024;

/** Archives a vault of `baseMiB` in `points` points, then one with 8 MiB of new data, and counts what the latter cost. */
async function costOfNewData(baseMiB: number, points: number) {
  const { world, counters } = await countedWorld(database, { isStarted: false });
  const { source } = world;
  const archive = async (id: string) => {
    await callForArchiving(database.owner, id);
    const archiver = new Archiver(world.environment, source.accountId);
    while (await archiver.step()) {}
    expect((await pointOf(database.owner, id))!.tier).toBe('archive');
  };
  const base = filesOf(baseMiB, MiB, 1);
  for (let i = 0; i < points; i++)
    await archive(await backUpOld(world, source, { ...base, [`p${i}`]: noise(2000, i + 7) }));
  const id = await backUpOld(world, source, { ...base, ...filesOf(8, MiB, 2) });
  const before = await storedByTier(database.owner, source.vaultId);
  counters.reset();
  await archive(id);
  const { queries, names, lists, readBytes, writtenBytes } = counters;
  const after = await storedByTier(database.owner, source.vaultId);
  const newBytes = after.archive - before.archive;
  return {
    queries,
    names,
    lists,
    newBytes,
    read: readBytes[source.vaultId]!,
    written: writtenBytes[source.vaultId]!,
  };
}

describe('the cost of archiving', () => {
  it('follows the new data, whatever the size of the archive and the number of its points', {
    timeout: 120_000,
  }, async () => {
    const small = await costOfNewData(4, 1);
    const large = await costOfNewData(32, 1);
    const many = await costOfNewData(4, 30);
    for (const cost of [small, large, many]) {
      expect(cost.newBytes).toBeGreaterThan(8 * MiB);
      expect(cost.newBytes).toBeLessThan(8.5 * MiB);
      expect(cost.read).toBeLessThan(1.02 * cost.newBytes + 256 * 1024);
      expect(cost.written).toBeLessThan(1.02 * cost.newBytes + 64 * 1024);
      // 64 new chunks and the pages above them, each looked up in either tier at most twice.
      expect(cost.names).toBeLessThan(1000);
      // The facts of the point that is archived.
      expect(cost.lists).toBeLessThanOrEqual(1);
    }
    expect(many.names).toBeLessThan(small.names + 100);
    expect(large.queries).toBeLessThan(small.queries * 1.15 + 5);
    expect(many.queries).toBeLessThan(small.queries * 1.15 + 5);
  });
});
