import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inAccount } from '@/db/client';
import { archivings, auditEvents, backupPoints, pins, pointEvents } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { loadFacts } from '@/lib/engine/core/facts';
import { loadPoint } from '@/lib/engine/core/point-store';
import { listPoints, openBareVault, rebuildIndex, rescuePoint } from '@/lib/engine/core/rescue';
import { RestoreWriter } from '@/lib/engine/core/restore-writer';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { inlinePool } from '@/lib/engine/core/work/pool';
import { openPoint } from '@/lib/engine/gateway/open-point';
import { openPin, releasePinsOf } from '@/lib/engine/index/pins';
import { loadAccountState } from '@/lib/engine/ticker/account-state';
import {
  type Address,
  backUp,
  deleteByHand,
  type Files,
  hashesOf,
  makeWorld,
  readPoint,
  tick,
  type World,
} from '@/lib/engine/transfer/test-world';
import { openVault } from '@/lib/engine/vaults';
import { makeVault } from '@/lib/engine/vaults/test-environment';
import { Archiver } from './archiver';
import { backUpOld, callForArchiving, dayMs, pointOf, storedByTier, vaultOf } from './test-archive';

const database = await testDatabase();
const { owner } = database;
const shared: Files = { 'a/one.txt': prose(300_000, 1), 'b/two.bin': noise(400_000, 2) };
const files: Files = { ...shared, 'old.bin': noise(500_000, 3) };

/** One vault of one account; nothing is replicated. */
async function oneVault(): Promise<World & { account: Address }> {
  const world = await makeWorld(database, { isStarted: false });
  return { ...world, account: world.source };
}

async function objectNames(world: World, { accountId, vaultId }: Address, prefix: string): Promise<string[]> {
  const { store } = await openVault(world.environment, { accountId, vaultId });
  return (await store.list(prefix)).objects.map(({ name }) => name);
}

async function tickWell(world: World, accountId: string) {
  const outcome = await tick(world, accountId);
  expect(outcome.errors).toEqual([]);
  return outcome;
}

describe('archiving a point', () => {
  it('moves its bytes to the archive tier, where it reads back, and frees what only it kept in the standard tier', async () => {
    const world = await oneVault();
    const { source } = world;
    const young = await backUp(world, source, { ...shared, 'new.txt': prose(9000, 4) });
    const old = await backUpOld(world, source, files);
    const before = await vaultOf(owner, source.vaultId);
    await callForArchiving(owner, old);
    await tickWell(world, source.accountId);

    const point = await pointOf(owner, old);
    expect(point).toMatchObject({ tier: 'archive', status: 'visible' });
    expect(point!.archivedAt).not.toBeNull();
    const after = await vaultOf(owner, source.vaultId);
    const stored = await storedByTier(owner, source.vaultId);
    expect(after).toMatchObject({
      pointCount: 2,
      archivePointCount: 1,
      sourceBytes: before.sourceBytes,
      archiveSourceBytes: point!.sourceBytes,
      storedBytes: stored.standard + stored.archive,
      archiveStoredBytes: stored.archive,
    });
    // The collection ran in the same tick: the 500 kB that only the old point reached are in the archive alone.
    expect(stored.archive).toBeGreaterThan(900_000);
    expect(stored.standard).toBeLessThan(before.storedBytes);
    expect(await readPoint(world, source, old)).toEqual(hashesOf(files));
    expect(Object.keys(await readPoint(world, source, young))).toContain('new.txt');
    expect(await owner.select().from(pins).where(eq(pins.vaultId, source.vaultId))).toEqual([]);
    expect(await owner.select().from(archivings).where(eq(archivings.pointId, old))).toEqual([]);
    const events = await owner.select().from(pointEvents).where(eq(pointEvents.pointId, old));
    expect(events.map(({ kind }) => kind).sort()).toEqual(['archived', 'committed']);
    const [audited] = await owner.select().from(auditEvents).where(eq(auditEvents.resourceId, old));
    expect(audited).toMatchObject({ action: 'backup_points.archived', actorKind: 'engine' });
  });

  it('really deletes the standard packs when nothing else reaches them, and the archive alone serves the point', async () => {
    const world = await oneVault();
    const { source } = world;
    const old = await backUpOld(world, source, files);
    await callForArchiving(owner, old);
    await tickWell(world, source.accountId);
    expect(await objectNames(world, source, 'packs/')).toEqual([]);
    expect((await objectNames(world, source, 'archive/packs/')).length).toBeGreaterThan(0);
    expect((await storedByTier(owner, source.vaultId)).standard).toBe(0);
    expect(await readPoint(world, source, old)).toEqual(hashesOf(files));
    const { store, keys } = await openVault(world.environment, source);
    expect(await loadFacts(store, keys, old)).toMatchObject([{ kind: 'archived' }]);
  });

  it('is rescued from the bare folder and the service key, with the archive alone', async () => {
    const world = await oneVault();
    const { source, environment } = world;
    const old = await backUpOld(world, source, files);
    await callForArchiving(owner, old);
    await tickWell(world, source.accountId);
    const { store } = await openVault(environment, source);
    const bare = await openBareVault(store, [environment.serviceKey]);
    const fail = ({ error }: { error: Error }) => {
      throw error;
    };
    const [point] = await listPoints(bare, fail);
    const packs: string[] = [];
    const index = await rebuildIndex(bare, ({ objectName }) => packs.push(objectName), fail);
    expect(packs.every((name) => name.startsWith('archive/packs/'))).toBe(true);
    const to = await mkdtemp(join(tmpdir(), 'crossvault-rescued-'));
    onTestFinished(() => rm(to, { recursive: true, force: true }));
    const writer = new RestoreWriter({ root: Buffer.from(to), conflict: 'overwrite' });
    const report = await rescuePoint({ vault: bare, index, point: point!, writer, pool: inlinePool });
    expect(report.files).toBe(Object.keys(files).length);
    for (const [path, bytes] of Object.entries(files))
      expect(await readFile(join(to, path))).toEqual(Buffer.from(bytes));
  });

  it('goes on serving a reader that had opened the point before it moved', async () => {
    const world = await oneVault();
    const { source, environment } = world;
    const first = await backUpOld(world, source, { 'first.bin': noise(90_000, 77) });
    await callForArchiving(owner, first);
    await tickWell(world, source.accountId);
    const old = await backUpOld(world, source, files);
    const reader = await openPoint(environment, source.accountId, old);
    await callForArchiving(owner, old);
    await tickWell(world, source.accountId);
    expect((await storedByTier(owner, source.vaultId)).standard).toBe(0);
    expect((await reader.load(reader.rootPage)).length).toBeGreaterThan(0);
    const again = await openPoint(environment, source.accountId, old);
    expect(again.lineage.tier).toBe('archive');
    expect(await again.load(again.rootPage)).toEqual(await reader.load(reader.rootPage));
  });

  it('writes nothing twice into the archive, and never takes a chunk of the archive for one of the standard tier', async () => {
    const world = await oneVault();
    const { source } = world;
    const first = await backUpOld(world, source, files);
    const second = await backUpOld(world, source, { ...files, 'more.txt': prose(5000, 9) });
    await callForArchiving(owner, first);
    await tickWell(world, source.accountId);
    const one = await storedByTier(owner, source.vaultId);
    await callForArchiving(owner, second);
    await tickWell(world, source.accountId);
    const both = await storedByTier(owner, source.vaultId);
    expect(both.archive - one.archive).toBeLessThan(40_000);
    // Backed up once more: everything is stored in the standard tier again.
    const again = await backUp(world, source, files);
    const after = await storedByTier(owner, source.vaultId);
    expect(after.archive).toBe(both.archive);
    expect(after.standard).toBeGreaterThan(900_000);
    for (const id of [first, again]) expect(await readPoint(world, source, id)).toEqual(hashesOf(files));
  });

  it('frees the archive when the point expires', async () => {
    const world = await oneVault();
    const { source } = world;
    const ago = (days: number) => new Date(Date.now() - days * dayMs);
    const old = await backUpOld(world, source, files, { createdAt: ago(400), archiveAt: ago(61) });
    await tickWell(world, source.accountId);
    expect((await pointOf(owner, old))!.tier).toBe('archive');
    await owner.update(backupPoints).set({ expiresAt: new Date() }).where(eq(backupPoints.id, old));
    await tickWell(world, source.accountId);
    expect(await pointOf(owner, old)).toBeUndefined();
    expect(await storedByTier(owner, source.vaultId)).toEqual({ standard: 0, archive: 0 });
    for (const prefix of ['archive/', 'facts/', 'points/'])
      expect(await objectNames(world, source, prefix)).toEqual([]);
    expect(await vaultOf(owner, source.vaultId)).toMatchObject({
      archiveStoredBytes: 0,
      archivePointCount: 0,
    });
  });

  it('waits for its time', async () => {
    const world = await oneVault();
    const { source } = world;
    const inTenDays = new Date(Date.now() + 10 * dayMs);
    const id = await backUpOld(world, source, files, { archiveAt: inTenDays });
    await tickWell(world, source.accountId);
    expect((await pointOf(owner, id))!.tier).toBe('standard');
    const options = { collectionIntervalSeconds: 0 };
    const { archivingDueMs } = await loadAccountState(world.environment.db, source.accountId, options);
    expect(archivingDueMs).toBeGreaterThan(9 * dayMs);
    expect(archivingDueMs).toBeLessThanOrEqual(10 * dayMs);
  });

  it.each(['backup', 'restore'] as const)('waits for a %s that holds the point', async (workKind) => {
    const world = await oneVault();
    const { source } = world;
    const old = await backUpOld(world, source, files);
    const job = newId('job');
    const work = { vaultId: source.vaultId, workKind, workId: job, pointId: old };
    await callForArchiving(owner, old);
    const archiver = new Archiver(world.environment, source.accountId);
    // The work begins while the point is on its way.
    for (let i = 0; i < 3; i++) await archiver.step();
    await openPin(world.environment.db, source.accountId, work);
    while (await archiver.step()) {}
    expect((await pointOf(owner, old))!.tier).toBe('standard');
    await inAccount(world.environment.db, source.accountId, (tx) => releasePinsOf(tx, workKind, job));
    await tickWell(world, source.accountId);
    expect((await pointOf(owner, old))!.tier).toBe('archive');
    expect(await readPoint(world, source, old)).toEqual(hashesOf(files));
  });
});

describe('archiving that is interrupted', () => {
  it('goes on with what had become durable, from any step, without writing it again', async () => {
    const world = await oneVault();
    const { source } = world;
    for (let steps = 0; steps < 8; steps++) {
      const old = await backUpOld(world, source, { ...files, [`own-${steps}`]: noise(200_000, steps + 50) });
      await callForArchiving(owner, old);
      const archiver = new Archiver(world.environment, source.accountId);
      for (let i = 0; i < steps; i++) await archiver.step();
      // Killed: what was durable stays with the pin, what was in flight is lost.
      await archiver.drop();
      await tickWell(world, source.accountId);
      expect((await pointOf(owner, old))!.tier, `after ${steps} steps`).toBe('archive');
      expect(Object.keys(await readPoint(world, source, old))).toContain(`own-${steps}`);
    }
    expect(await owner.select().from(pins).where(eq(pins.vaultId, source.vaultId))).toEqual([]);
  });

  it('lets an engine that was overtaken write nothing', async () => {
    const world = await oneVault();
    const { source } = world;
    const old = await backUpOld(world, source, files);
    await callForArchiving(owner, old);
    const slow = new Archiver(world.environment, source.accountId);
    for (let i = 0; i < 2; i++) await slow.step();
    await tickWell(world, source.accountId);
    const done = await vaultOf(owner, source.vaultId);
    await slow.step().catch(() => {});
    await slow.close().catch(() => {});
    expect(await vaultOf(owner, source.vaultId)).toMatchObject({
      archiveStoredBytes: done.archiveStoredBytes,
      head: done.head,
    });
    expect(await readPoint(world, source, old)).toEqual(hashesOf(files));
  });

  it.each([1, 2, 3, 4])(
    'leaves nothing in the archive when the point is deleted after step %i',
    async (steps) => {
      const world = await oneVault();
      const { source } = world;
      const old = await backUpOld(world, source, files);
      await callForArchiving(owner, old);
      const archiver = new Archiver(world.environment, source.accountId);
      for (let i = 0; i < steps; i++) await archiver.step();
      await archiver.close();
      await deleteByHand(world, source, old);
      for (let i = 0; i < 3; i++) await tickWell(world, source.accountId);
      expect(await storedByTier(owner, source.vaultId)).toEqual({ standard: 0, archive: 0 });
      expect(await owner.select().from(pins).where(eq(pins.vaultId, source.vaultId))).toEqual([]);
      expect(await owner.select().from(archivings).where(eq(archivings.vaultId, source.vaultId))).toEqual([]);
    },
  );
});

describe('archiving into an archive vault', () => {
  it('moves the point there, under that vault’s key, and its own vault forgets it', async () => {
    const world = await oneVault();
    const { source } = world;
    const [standard] = [await vaultOf(owner, source.vaultId)];
    const archiveId = await makeVault(
      world.environment,
      owner,
      { accountId: source.accountId, resourceGroupId: standard.resourceGroupId },
      { kind: 'archive', id: newId('v') },
    );
    const archive = { accountId: source.accountId, vaultId: archiveId };
    const old = await backUpOld(world, source, files);
    await callForArchiving(owner, old, archiveId);
    await tickWell(world, source.accountId);
    await tickWell(world, source.accountId);

    expect(await pointOf(owner, old)).toBeUndefined();
    const moved = (
      await owner.execute<{ id: string }>(
        `select id from backup_points where vault_id = '${archiveId}' and status = 'visible'`,
      )
    ).map(({ id }) => id);
    expect(moved).toHaveLength(1);
    expect(await readPoint(world, archive, moved[0]!)).toEqual(hashesOf(files));
    expect(await vaultOf(owner, archiveId)).toMatchObject({ pointCount: 1, archivePointCount: 1 });
    expect(await storedByTier(owner, source.vaultId)).toMatchObject({ standard: 0 });
    const opened = await openVault(world.environment, archive);
    expect(await loadPoint(opened.store, opened.keys, moved[0]!)).toMatchObject({
      vaultId: archiveId,
      origin: { vaultId: source.vaultId, pointId: old },
    });
    await expect(backUp(world, archive, files)).rejects.toThrow();
  });

  it('falls back to the own archive tier when the archive vault is gone', async () => {
    const world = await oneVault();
    const { source } = world;
    const old = await backUpOld(world, source, files);
    await callForArchiving(owner, old, 'v-00000000000000000000');
    await tickWell(world, source.accountId);
    expect(await pointOf(owner, old)).toMatchObject({ tier: 'archive', vaultId: source.vaultId });
  });
});
