import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { inAccount } from '@/db/client';
import { backupPoints, notifications, replicaRemovals, replications, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { backUpOld, callForArchiving, dayMs, pointOf, storedByTier } from '@/lib/engine/archive/test-archive';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { type Files, hashesOf, makeWorld, readPoint, replicatedPoints, tick, type World } from './test-world';

const database = await testDatabase();
const { owner } = database;
const files: Files = { 'a/one.txt': prose(200_000, 1), 'b/two.bin': noise(300_000, 2) };

interface Given {
  guardDays?: number;
  points?: number;
}

/** A replication whose points are old enough to be archived, all copied. */
async function replicated({ guardDays = 7, points = 1 }: Given = {}) {
  const world = await makeWorld(database);
  await owner.update(vaults).set({ guardDays }).where(eq(vaults.id, world.target.vaultId));
  const ids: string[] = [];
  for (let i = 0; i < points; i++)
    ids.push(await backUpOld(world, world.source, { ...files, [`own-${i}`]: noise(150_000, i + 9) }));
  await tickTarget(world);
  const copies = await replicatedPoints(world);
  return { world, ids, copies: ids.map((id) => copies.get(id)!.targetPointId!) };
}

async function tickTarget(world: World) {
  const outcome = await tick(world, world.target.accountId);
  expect(outcome.errors).toEqual([]);
  return outcome;
}

/** The source archives points, and the target hears of it. */
async function archiveAll(world: World, ids: readonly string[]) {
  for (const id of ids) await callForArchiving(owner, id);
  expect((await tick(world, world.source.accountId)).errors).toEqual([]);
  return tickTarget(world);
}

const removalsOf = (world: World) =>
  owner.select().from(replicaRemovals).where(eq(replicaRemovals.vaultId, world.target.vaultId));
const visibleAt = (world: World) =>
  owner
    .select({ id: backupPoints.id })
    .from(backupPoints)
    .where(and(eq(backupPoints.vaultId, world.target.vaultId), eq(backupPoints.status, 'visible')));
const noticesOf = (world: World, kind: string) =>
  owner
    .select()
    .from(notifications)
    .where(and(eq(notifications.accountId, world.target.accountId), eq(notifications.kind, kind)));
const letGuardDaysPass = (world: World) =>
  owner
    .update(replicaRemovals)
    .set({ removeAt: sql`now()` })
    .where(eq(replicaRemovals.vaultId, world.target.vaultId));

describe('archiving at the source', () => {
  it('announces the removal of the replica with points, sizes and date, and keeps it until the guard days are over', async () => {
    const { world, ids, copies } = await replicated({ guardDays: 7 });
    const outcome = await archiveAll(world, ids);
    const [removal] = await removalsOf(world);
    expect(removal).toMatchObject({ pointId: copies[0], sourcePointId: ids[0], heldAt: null });
    expect(removal!.removeAt.getTime() - removal!.announcedAt.getTime()).toBe(7 * dayMs);
    expect(await readPoint(world, world.target, copies[0]!)).toMatchObject(hashesOf(files));
    const [notice] = await noticesOf(world, 'replication.removals_announced');
    expect(notice).toMatchObject({ severity: 'warning' });
    expect(notice!.title).toMatch(/1 replica will be removed in 7 days$/);
    expect(notice!.body).toContain(removal!.removeAt.toISOString().slice(0, 10));
    expect(notice!.body).toMatch(/test host of .* \(\d+\.\d KiB\)|\(\d+ KiB\)/);
    expect(outcome.dueInMs).not.toBeNull();

    await letGuardDaysPass(world);
    await tickTarget(world);
    expect(await visibleAt(world)).toEqual([]);
    expect((await replicatedPoints(world)).get(ids[0]!)).toMatchObject({ state: 'archived' });
    expect(await removalsOf(world)).toEqual([]);
    expect(await noticesOf(world, 'replication.replicas_removed')).toHaveLength(1);
    // The copy's space really went, and what was archived is not copied again.
    expect(await storedByTier(owner, world.target.vaultId)).toEqual({ standard: 0, archive: 0 });
    await tickTarget(world);
    expect(await visibleAt(world)).toEqual([]);
    expect(await readPoint(world, world.source, ids[0]!)).toMatchObject(hashesOf(files));
  });

  it('removes the replica at once without guard days, and says so', async () => {
    const { world, ids } = await replicated({ guardDays: 0 });
    await archiveAll(world, ids);
    expect(await visibleAt(world)).toEqual([]);
    expect(await storedByTier(owner, world.target.vaultId)).toEqual({ standard: 0, archive: 0 });
    expect(await noticesOf(world, 'replication.removals_announced')).toEqual([]);
    expect(await noticesOf(world, 'replication.replicas_removed')).toHaveLength(1);
  });

  it('never sends what lies in the archive', async () => {
    const world = await makeWorld(database);
    const id = await backUpOld(world, world.source, files);
    await callForArchiving(owner, id);
    await tick(world, world.source.accountId);
    await tickTarget(world);
    expect((await replicatedPoints(world)).get(id)).toMatchObject({ state: 'archived' });
    expect(await visibleAt(world)).toEqual([]);
    expect(await storedByTier(owner, world.target.vaultId)).toMatchObject({ standard: 0 });
  });

  it('keeps the date that was announced when the guard days are changed later', async () => {
    const { world, ids } = await replicated({ guardDays: 30 });
    await archiveAll(world, ids);
    const [before] = await removalsOf(world);
    await owner.update(vaults).set({ guardDays: 0 }).where(eq(vaults.id, world.target.vaultId));
    await tickTarget(world);
    expect(await removalsOf(world)).toEqual([before]);
    expect(await visibleAt(world)).toHaveLength(1);
  });
});

describe('a hostile source that archives everything', () => {
  it('empties nothing before the guard days, whatever it says of its own time', async () => {
    const { world, ids, copies } = await replicated({ guardDays: 7, points: 3 });
    await archiveAll(world, ids);
    await owner.execute(sql`update point_events set at = now() - interval '300 days'
      where vault_id = ${world.source.vaultId}`);
    for (let i = 0; i < 3; i++) await tickTarget(world);
    expect(await visibleAt(world)).toHaveLength(3);
    for (const id of copies) expect(await readPoint(world, world.target, id)).toMatchObject(hashesOf(files));
  });

  it('empties nothing while it is held, per point or for the vault, however long; the released goes', async () => {
    const { world, ids, copies } = await replicated({ guardDays: 0, points: 2 });
    const hold = { removalsHeldAt: new Date(), removalsHeldBy: 'An administrator' };
    await owner.update(vaults).set(hold).where(eq(vaults.id, world.target.vaultId));
    await archiveAll(world, ids);
    expect(await visibleAt(world)).toHaveLength(2);
    await owner
      .update(replicaRemovals)
      .set({ heldAt: new Date(), heldBy: 'An administrator' })
      .where(eq(replicaRemovals.pointId, copies[0]!));
    await owner
      .update(vaults)
      .set({ removalsHeldAt: null, removalsHeldBy: null })
      .where(eq(vaults.id, world.target.vaultId));
    await tickTarget(world);
    expect(await visibleAt(world)).toEqual([{ id: copies[0] }]);
    expect((await tickTarget(world)).steps).not.toContain('duty');
  });

  it('cannot touch the rows that hold the dates, as any role of the database', async () => {
    const { world, ids, copies } = await replicated({ guardDays: 7 });
    await archiveAll(world, ids);
    const sooner = sql`update replica_removals set remove_at = now()`;
    for (const db of [database.app, database.engine]) {
      for (const accountId of [world.source.accountId, world.target.accountId]) {
        await expect(inAccount(db, accountId, (tx) => tx.execute(sooner))).rejects.toMatchObject({
          cause: { code: '42501' },
        });
      }
    }
    const hide = (db: typeof database.app) =>
      inAccount(db, world.target.accountId, (tx) =>
        tx.update(backupPoints).set({ status: 'deleting' }).where(eq(backupPoints.id, copies[0]!)),
      );
    for (const db of [database.app, database.engine]) {
      await expect(hide(db)).rejects.toMatchObject({ cause: { code: 'CV002' } });
    }
    const seen = await inAccount(database.app, world.source.accountId, (tx) =>
      tx.select().from(replicaRemovals),
    );
    expect(seen).toEqual([]);
  });

  it('removes nothing any more when its access was withdrawn', async () => {
    const { world, ids } = await replicated({ guardDays: 7 });
    await archiveAll(world, ids);
    await letGuardDaysPass(world);
    await owner.execute(sql`delete from grants where vault_id = ${world.target.vaultId}`);
    expect((await tick(world, world.target.accountId)).steps).not.toContain('duty');
    expect(await visibleAt(world)).toHaveLength(1);
  });
});

describe('after the replication was stopped', () => {
  const stop = (world: World) =>
    owner
      .update(replications)
      .set({ state: 'stopped', stoppedAt: new Date(), stoppedBy: 'u' })
      .where(eq(replications.id, world.replicationId));

  it('no archiving at the source removes anything, announced or not', async () => {
    const { world, ids } = await replicated({ guardDays: 7, points: 2 });
    await archiveAll(world, ids.slice(0, 1));
    await letGuardDaysPass(world);
    await stop(world);
    expect(await removalsOf(world)).toEqual([]);
    await archiveAll(world, ids.slice(1));
    expect(await visibleAt(world)).toHaveLength(2);
  });

  it('a locked target is untouched by it', async () => {
    const { world, ids, copies } = await replicated({ guardDays: 0 });
    await stop(world);
    await owner.update(vaults).set({ lockedAt: new Date() }).where(eq(vaults.id, world.target.vaultId));
    await archiveAll(world, ids);
    expect(await readPoint(world, world.target, copies[0]!)).toMatchObject(hashesOf(files));
    expect((await pointOf(owner, copies[0]!))!.status).toBe('visible');
  });
});
