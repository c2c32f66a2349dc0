import { eq, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { backupPoints, packs, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { deleteVault } from '@/lib/engine/vaults';
import { backUp, deleteByHand, hashesOf, makeWorld, readPoint, tick } from '../transfer/test-world';

const database = await testDatabase();
const { owner } = database;

it('collects what was deleted before a vault was locked, and not a byte of what the lock keeps', async () => {
  const world = await makeWorld(database, { isStarted: false });
  const kept = { 'kept.txt': prose(80_000, 1), 'kept.bin': noise(200_000, 2) };
  const gone = await backUp(world, world.source, { 'gone.bin': noise(900_000, 3) });
  const locked = await backUp(world, world.source, kept);
  await deleteByHand(world, world.source, gone);
  await owner.update(vaults).set({ lockedAt: new Date() }).where(eq(vaults.id, world.source.vaultId));
  const stored = async () =>
    (await owner.select().from(vaults).where(eq(vaults.id, world.source.vaultId)))[0]!.storedBytes;
  const before = await stored();
  for (let times = 0; times < 3; times++) {
    expect((await tick(world, world.source.accountId)).errors).toEqual([]);
  }
  expect(await stored()).toBeLessThan(before - 800_000);
  expect(await owner.$count(backupPoints, eq(backupPoints.id, gone))).toBe(0);
  const restarted = { ...world, environment: { ...world.environment } };
  expect(await readPoint(restarted, world.source, locked)).toEqual(hashesOf(kept));
});

it('does not begin to delete the bytes of a locked vault, even when its row says that it is being deleted', async () => {
  const world = await makeWorld(database, { isStarted: false });
  const files = { 'kept.txt': prose(9_000, 4) };
  const locked = await backUp(world, world.source, files);
  await owner.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx
      .update(vaults)
      .set({ lockedAt: new Date(), status: 'deleting' })
      .where(eq(vaults.id, world.source.vaultId));
  });
  await expect(deleteVault(world.environment, world.source)).rejects.toMatchObject({ code: 'locked' });
  expect(await owner.$count(packs, eq(packs.vaultId, world.source.vaultId))).toBeGreaterThan(0);
  await owner.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.update(vaults).set({ status: 'created' }).where(eq(vaults.id, world.source.vaultId));
  });
  expect(await readPoint(world, world.source, locked)).toEqual(hashesOf(files));
});
