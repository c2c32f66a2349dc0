import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { backupPoints, chunks, packs, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import {
  type Address,
  backUp,
  type Files,
  hashesOf,
  makeWorld,
  readPoint,
  replicatedPoints,
  startReplication,
  tick,
} from '@/lib/engine/transfer/test-world';
import { rebuildVaultIndex } from './rebuild-index';

const database = await testDatabase();
const { owner } = database;
const files: Files = { 'a.txt': prose(200_000, 1), 'deep/b.bin': noise(400_000, 2) };
const more: Files = { ...files, 'c.bin': noise(300_000, 3) };

/** As if the index's tables had been lost: the rows that the storage can tell again. */
async function loseIndex({ vaultId }: Address): Promise<void> {
  const spaces = sql`select space_no from chunk_spaces where vault_id = ${vaultId}`;
  await owner.execute(sql`delete from backup_points where vault_id = ${vaultId}`);
  await owner.execute(sql`delete from chunks where space_no in (${spaces})`);
  await owner.execute(sql`delete from packs where vault_id = ${vaultId}`);
  await owner.execute(sql`delete from vault_lineages where vault_id = ${vaultId}`);
  await owner.execute(sql`delete from vault_keys where vault_id = ${vaultId}`);
}

async function countsOf({ vaultId }: Address) {
  const [vault] = await owner.select().from(vaults).where(eq(vaults.id, vaultId));
  const [chunkCount] = await owner
    .select({ n: sql<number>`count(*)::int` })
    .from(chunks)
    .innerJoin(packs, eq(packs.packNo, chunks.packNo))
    .where(eq(packs.vaultId, vaultId));
  const { pointCount, storedBytes, sourceBytes } = vault!;
  return { pointCount, storedBytes, sourceBytes, chunks: chunkCount!.n };
}

describe('an index that was lost', () => {
  it('is made anew from storage: everything reads, counts and replicates as before', async () => {
    const world = await makeWorld(database, { isStarted: false });
    const first = await backUp(world, world.source, files);
    const second = await backUp(world, world.source, more);
    const before = await countsOf(world.source);
    await loseIndex(world.source);
    await expect(readPoint(world, world.source, first)).rejects.toThrow();

    const report = await rebuildVaultIndex({ ...world.environment, db: owner }, world.source);
    expect(report).toMatchObject({ points: 2, chunks: before.chunks, unreadable: [] });
    expect(await countsOf(world.source)).toEqual(before);
    const engine = { environment: { ...world.environment } };
    expect(await readPoint(engine, world.source, first)).toEqual(hashesOf(files));
    expect(await readPoint(engine, world.source, second)).toEqual(hashesOf(more));
    const again = await rebuildVaultIndex({ ...world.environment, db: owner }, world.source);
    expect(again).toMatchObject({ points: 0, chunks: 0 });

    world.replicationId = await startReplication(world);
    expect((await tick({ ...world, ...engine }, world.target.accountId)).errors).toEqual([]);
    const copy = (await replicatedPoints(world)).get(second)!.targetPointId!;
    expect(await readPoint(world, world.target, copy)).toEqual(hashesOf(more));
  });

  it('names what cannot be read and has all the rest', async () => {
    const world = await makeWorld(database, { isStarted: false });
    const point = await backUp(world, world.source, files);
    const store = world.environment.storage.vaultStore(
      (await owner.select().from(vaults).where(eq(vaults.id, world.source.vaultId)))[0]!,
    );
    await store.putIfAbsent(`packs/00/${'0'.repeat(64)}`, noise(500, 1));
    await loseIndex(world.source);
    const report = await rebuildVaultIndex({ ...world.environment, db: owner }, world.source);
    expect(report.unreadable.map(({ objectName }) => objectName)).toEqual([`packs/00/${'0'.repeat(64)}`]);
    expect(await readPoint({ environment: { ...world.environment } }, world.source, point)).toEqual(
      hashesOf(files),
    );
  });

  it('is locked again when the vault was', async () => {
    const world = await makeWorld(database, { isStarted: false });
    const point = await backUp(world, world.source, files);
    const id = world.source.vaultId;
    await owner.execute(sql`update vaults set locked_at = now() where id = ${id}`);
    expect((await tick(world, world.source.accountId)).errors).toEqual([]);
    const [locked] = await owner.select().from(vaults).where(eq(vaults.id, id));
    const { lockedAt } = locked!;
    await owner.execute(sql`alter table vaults disable trigger user`);
    await owner.execute(sql`update vaults set locked_at = null, lock_recorded_at = null where id = ${id}`);
    await owner.execute(sql`alter table vaults enable trigger user`);
    await loseIndex(world.source);
    await rebuildVaultIndex({ ...world.environment, db: owner }, world.source);
    const [vault] = await owner.select().from(vaults).where(eq(vaults.id, id));
    expect(lockedAt).toBeInstanceOf(Date);
    expect(vault!.lockedAt).toEqual(lockedAt);
    await expect(owner.delete(backupPoints).where(eq(backupPoints.id, point))).rejects.toThrow();
  });
});
