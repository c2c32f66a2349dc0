import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { backupPoints, pins } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { computeName, nameToHex } from '@/lib/engine/core/names';
import { openPack, readPackRows } from '@/lib/engine/core/pack/pack-reader';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { openVault } from '@/lib/engine/vaults';
import {
  backUp,
  deleteByHand,
  type Files,
  hashesOf,
  makeWorld,
  readPoint,
  replicatedPoints,
  replicationOf,
  startReplication,
  tick,
} from './test-world';

const database = await testDatabase();

const day1: Files = {
  'docs/plan.txt': prose(400_000, 1),
  'docs/notes/today.txt': prose(30_000, 2),
  'pictures/a.bin': noise(900_000, 3),
  empty: new Uint8Array(0),
};
const day2: Files = {
  ...day1,
  'docs/notes/tomorrow.txt': prose(50_000, 4),
  'pictures/b.bin': noise(300_000, 5),
};

describe('a replication', () => {
  it('copies history newest first, then each new point, and the copies read back byte for byte', async () => {
    const world = await makeWorld(database, { isStarted: false });
    const old = await backUp(world, world.source, day1, { createdAt: new Date(Date.now() - 60_000) });
    const recent = await backUp(world, world.source, day2);
    world.replicationId = await startReplication(world);

    expect((await tick(world, world.target.accountId)).errors).toEqual([]);
    const points = await replicatedPoints(world);
    expect([points.get(old)!.state, points.get(recent)!.state]).toEqual(['copied', 'copied']);
    expect(points.get(recent)!.finishedAt! < points.get(old)!.finishedAt!).toBe(true);
    expect(await readPoint(world, world.target, points.get(recent)!.targetPointId!)).toEqual(hashesOf(day2));
    expect(await readPoint(world, world.target, points.get(old)!.targetPointId!)).toEqual(hashesOf(day1));
    const after = await replicationOf(world);
    expect(after).toMatchObject({
      historyPointsTotal: 2,
      historyPointsDone: 2,
      lagPoints: 0,
      lagSince: null,
      waitingReason: null,
      lastError: null,
      currentPointId: null,
    });
    expect(after.historyCompletedAt).not.toBeNull();
    expect(after.historyBytesDone).toBe(after.historyBytesTotal);

    const day3 = { ...day2, 'docs/new.txt': prose(20_000, 9) };
    const added = await backUp(world, world.source, day3);
    await tick(world, world.target.accountId);
    const copy = (await replicatedPoints(world)).get(added)!;
    expect(copy).toMatchObject({ state: 'copied', isHistory: false });
    expect(await readPoint(world, world.target, copy.targetPointId!)).toEqual(hashesOf(day3));
    expect(copy.copiedBytes).toBeLessThan(60_000);
  });

  it('keeps the origin, the times and the retention of a point, and ends its pin', async () => {
    const world = await makeWorld(database);
    const id = await backUp(world, world.source, day1, { retentionDays: 7 });
    await tick(world, world.target.accountId);
    const { owner } = database;
    const [original] = await owner.select().from(backupPoints).where(eq(backupPoints.id, id));
    const [copy] = await owner
      .select()
      .from(backupPoints)
      .where(eq(backupPoints.originPointId, id))
      .orderBy(sql`(account_id = ${world.target.accountId}) desc`);
    expect(copy).toMatchObject({
      accountId: world.target.accountId,
      vaultId: world.target.vaultId,
      originAccountId: world.source.accountId,
      originVaultId: world.source.vaultId,
      lineageId: original!.lineageId,
      rootPage: original!.rootPage,
      retentionDays: 7,
      expiresAt: original!.expiresAt,
      createdAt: original!.createdAt,
    });
    expect(copy!.id).not.toBe(id);
    expect(await owner.select().from(pins)).toEqual([]);
  });

  it('never sends a neighbour of the same frame that no copied point reaches', async () => {
    const world = await makeWorld(database);
    // Written by one backup, so that all small files share a frame; the secret is then reachable from no copied point.
    const secret = prose(40_000, 77);
    const both = await backUp(world, world.source, { 'a.txt': prose(40_000, 76), 'secret.txt': secret });
    const plain = await backUp(world, world.source, { 'a.txt': prose(40_000, 76) });
    await deleteByHand(world, world.source, both);
    expect((await tick(world, world.target.accountId)).errors).toEqual([]);

    const points = await replicatedPoints(world);
    expect(points.get(both)!.state).toBe('deleted');
    const copy = points.get(plain)!;
    expect(await readPoint(world, world.target, copy.targetPointId!)).toEqual(
      hashesOf({ 'a.txt': prose(40_000, 76) }),
    );
    // One data chunk and one page: nothing else crossed, in the index or in the packs' tables of contents.
    const vault = await openVault(world.environment, world.target);
    const names: string[] = [];
    let plainBytes = 0;
    for (const { name: objectName, sizeBytes } of (await vault.store.list('packs/')).objects) {
      const pack = await openPack(vault.store, vault.keys, { objectName, sizeBytes });
      names.push(...(await readPackRows(vault.store, pack)).map((row) => nameToHex(row.name)));
      plainBytes += pack.frames.reduce((sum, frame) => sum + frame.plainLength, 0);
    }
    const secretName = computeName(vault.lineages[0]!.namingKey, 'data', secret);
    expect(names).not.toContain(nameToHex(secretName));
    expect(names).toHaveLength(2);
    expect(plainBytes).toBeLessThan(41_000);
  });

  it('does not let a deletion by hand at the source travel, nor copy the point a second time', async () => {
    const world = await makeWorld(database);
    const id = await backUp(world, world.source, day1);
    await tick(world, world.target.accountId);
    await deleteByHand(world, world.source, id);
    await tick(world, world.source.accountId);
    await tick(world, world.target.accountId);
    const point = (await replicatedPoints(world)).get(id)!;
    expect(point.state).toBe('copied');
    expect(await readPoint(world, world.target, point.targetPointId!)).toEqual(hashesOf(day1));
  });
});
