import { rename } from 'node:fs/promises';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { accounts, backupPoints, invitations, kmsKeys, pins, replications, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { createKeyMaterial, vaultFolder } from '@/lib/engine/vaults';
import { makeAccount, makeKey, makeVault } from '@/lib/engine/vaults/test-environment';
import { Replicator } from './replicator';
import {
  backUp,
  deleteByHand,
  type Files,
  hashesOf,
  makeWorld,
  readPoint,
  replicatedPoints,
  replicationOf,
  retryNow,
  startReplication,
  tick,
  visibleCopies,
  type World,
} from './test-world';

const database = await testDatabase();
const { owner } = database;
const files: Files = { 'a/one.txt': prose(200_000, 1), 'b/two.bin': noise(300_000, 2) };

/** Takes a copy `steps` steps far, lets `happen` happen, and goes on as an engine would. */
async function interrupted(world: World, steps: number, happen: () => Promise<unknown>): Promise<void> {
  const replicator = new Replicator(world.environment, world.target.accountId, world.replicationId);
  await replicator.review();
  for (let i = 0; i < steps && replicator.isCopying; i++) await replicator.step();
  await happen();
  while (replicator.isCopying) await replicator.step().catch(() => {});
  await replicator.drop();
}

const revoke = (world: World) =>
  owner
    .update(invitations)
    .set({ status: 'cancelled' })
    .where(eq(invitations.accountId, world.target.accountId));
const stop = (world: World) =>
  owner.update(replications).set({ state: 'stopped' }).where(eq(replications.id, world.replicationId));

describe('while a point is being copied', () => {
  // One walk step, the end of the walk, the commit: whatever happens before the commit decides.
  it.each([0, 1, 2])('a grant withdrawn after step %i lets nothing become visible', async (steps) => {
    const world = await makeWorld(database);
    await backUp(world, world.source, files);
    await interrupted(world, steps, () => revoke(world));
    expect(await visibleCopies(world)).toEqual([]);
    const waiting = await replicationOf(world);
    expect(waiting).toMatchObject({ state: 'active', waitingReason: 'access_revoked', lagPoints: 1 });
    expect(waiting.waitingSince).not.toBeNull();

    await owner
      .update(invitations)
      .set({ status: 'accepted' })
      .where(eq(invitations.accountId, world.target.accountId));
    await tick(world, world.target.accountId);
    expect(await visibleCopies(world)).toHaveLength(1);
    expect(await replicationOf(world)).toMatchObject({ waitingReason: null, waitingSince: null });
  });

  it.each([0, 1, 2])(
    'a stop after step %i lets nothing become visible, and frees what was copied',
    async (steps) => {
      const world = await makeWorld(database);
      await backUp(world, world.source, files);
      await interrupted(world, steps, () => stop(world));
      await tick(world, world.target.accountId);
      await tick(world, world.target.accountId);
      expect(await visibleCopies(world)).toEqual([]);
      const [target] = await owner.select().from(vaults).where(eq(vaults.id, world.target.vaultId));
      expect(target).toMatchObject({ storedBytes: 0, pointCount: 0 });
      expect(await owner.select().from(pins).where(eq(pins.vaultId, world.target.vaultId))).toEqual([]);
      expect([...(await replicatedPoints(world)).values()].map((point) => point.state)).toEqual(['skipped']);
    },
  );

  it.each([0, 1, 2])('a deletion of its source after step %i ends the copy for good', async (steps) => {
    const world = await makeWorld(database);
    const id = await backUp(world, world.source, files);
    const kept = await backUp(world, world.source, { 'a/one.txt': files['a/one.txt']! });
    await tick(world, world.target.accountId);
    const more = await backUp(world, world.source, { ...files, 'c.txt': prose(60_000, 8) });
    await interrupted(world, steps, () => deleteByHand(world, world.source, more));
    await tick(world, world.source.accountId);
    expect((await tick(world, world.target.accountId)).errors).toEqual([]);
    const points = await replicatedPoints(world);
    expect([id, kept, more].map((point) => points.get(point)!.state)).toEqual([
      'copied',
      'copied',
      'deleted',
    ]);
    expect(await visibleCopies(world)).toHaveLength(2);
    for (const copy of await visibleCopies(world)) await readPoint(world, world.target, copy.id);
  });

  it('an engine that was overtaken writes nothing more', async () => {
    const world = await makeWorld(database);
    await backUp(world, world.source, files);
    const first = new Replicator(world.environment, world.target.accountId, world.replicationId);
    await first.review();
    const second = new Replicator(world.environment, world.target.accountId, world.replicationId);
    await second.review();
    let outcome = 'more';
    while (outcome === 'more' && first.isCopying) outcome = await first.step().catch(() => 'failed');
    expect(await visibleCopies(world)).toEqual([]);
    expect(await replicationOf(world)).toMatchObject({ lastError: null, waitingReason: null });
    while (second.isCopying) await second.step();
    expect(await visibleCopies(world)).toHaveLength(1);
    expect(await replicationOf(world)).toMatchObject({
      historyPointsDone: 0,
      waitingReason: null,
      lastError: null,
    });
  });

  it('a new point goes before history that is half copied, and both come through', async () => {
    const world = await makeWorld(database, { isStarted: false });
    const history = await backUp(world, world.source, files);
    world.replicationId = await startReplication(world);
    const replicator = new Replicator(world.environment, world.target.accountId, world.replicationId);
    await replicator.review();
    await replicator.step();
    const fresh = await backUp(world, world.source, { ...files, 'c.txt': prose(9_000, 8) });
    while ((await replicator.review()) === 'more') await replicator.step();
    const points = await replicatedPoints(world);
    expect(points.get(fresh)!.finishedAt! < points.get(history)!.finishedAt!).toBe(true);
    expect(await readPoint(world, world.target, points.get(history)!.targetPointId!)).toEqual(
      hashesOf(files),
    );
  });
});

describe('a replication waits, says why, and goes on by itself', () => {
  it.each(['source', 'target'] as const)('when the storage of the %s is missing', async (side) => {
    const world = await makeWorld(database);
    await backUp(world, world.source, files);
    const [vault] = await owner.select().from(vaults).where(eq(vaults.id, world[side].vaultId));
    const folder = vaultFolder(world.environment.dataFolder, vault!.region, vault!.id);
    await rename(folder, `${folder}-away`);
    // As after a restart: nothing of the vault is remembered.
    const restarted = { ...world, environment: { ...world.environment } };
    await tick(restarted, world.target.accountId);
    expect((await replicationOf(world)).waitingReason).toBe(`${side}_storage_unavailable`);
    await rename(`${folder}-away`, folder);
    await retryNow(world);
    await tick(restarted, world.target.accountId);
    expect(await visibleCopies(world)).toHaveLength(1);
    expect((await replicationOf(world)).waitingReason).toBeNull();
  });

  it.each(['source', 'target'] as const)('when the key of the %s is disabled', async (side) => {
    const world = await makeWorld(database, { isStarted: false });
    const keys: Record<string, string> = {};
    for (const end of ['source', 'target'] as const) {
      const account = await makeAccount(owner);
      const keyId = await makeKey(owner, account.accountId);
      await createKeyMaterial(world.environment, { accountId: account.accountId, keyId });
      keys[end] = keyId;
      const kind = end === 'source' ? 'standard' : 'replication_target';
      const id = `${end === 'source' ? 'v' : 'r'}-${keyId.slice(-20)}`;
      const vaultId = await makeVault(world.environment, owner, account, {
        id,
        kind,
        encryption: 'kms',
        kmsKeyId: keyId,
      });
      world[end] = { accountId: account.accountId, vaultId };
    }
    const { makeShare } = await import('@/db/factories');
    await makeShare(owner, {
      ...world.target,
      recipientAccountId: world.source.accountId,
      status: 'accepted',
    });
    world.replicationId = await startReplication(world);
    await backUp(world, world.source, files);
    await owner.update(kmsKeys).set({ state: 'disabled' }).where(eq(kmsKeys.id, keys[side]!));
    await tick(world, world.target.accountId);
    expect((await replicationOf(world)).waitingReason).toBe(`${side}_key_unavailable`);
    await owner.update(kmsKeys).set({ state: 'enabled' }).where(eq(kmsKeys.id, keys[side]!));
    await retryNow(world);
    await tick(world, world.target.accountId);
    expect(await visibleCopies(world)).toHaveLength(1);
  });

  it('when the destination account is overdue', async () => {
    const world = await makeWorld(database);
    await backUp(world, world.source, files);
    await owner
      .update(accounts)
      .set({ state: 'overdue' })
      .where(eq(accounts.accountId, world.target.accountId));
    await tick(world, world.target.accountId);
    expect((await replicationOf(world)).waitingReason).toBe('target_account_overdue');
    await owner
      .update(accounts)
      .set({ state: 'active' })
      .where(eq(accounts.accountId, world.target.accountId));
    await tick(world, world.target.accountId);
    expect(await visibleCopies(world)).toHaveLength(1);
  });
});

describe('retention', () => {
  it('never copies what has expired, and the target lets its copies expire by itself', async () => {
    const world = await makeWorld(database);
    const short = await backUp(world, world.source, files, { expiresAt: new Date(Date.now() + 3_600_000) });
    await tick(world, world.target.accountId);
    const gone = await backUp(
      world,
      world.source,
      { ...files, x: prose(10) },
      { expiresAt: new Date(Date.now() - 1000) },
    );
    await tick(world, world.target.accountId);
    const points = await replicatedPoints(world);
    expect([points.get(short)!.state, points.get(gone)!.state]).toEqual(['copied', 'expired']);

    await stop(world);
    await owner.execute(sql`update backup_points set expires_at = now() - interval '1 second'
      where vault_id in (${world.source.vaultId}, ${world.target.vaultId})`);
    for (const { accountId } of [world.source, world.target]) {
      expect((await tick(world, accountId)).errors).toEqual([]);
      await tick(world, accountId);
    }
    const rows = await owner
      .select()
      .from(vaults)
      .where(sql`id in (${world.source.vaultId}, ${world.target.vaultId})`);
    expect(rows.map((vault) => [vault.pointCount, vault.storedBytes])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect((await replicatedPoints(world)).get(short)!.state).toBe('copied');
  });

  it('lets a locked point go when it has expired, and not before', async () => {
    const world = await makeWorld(database, { isStarted: false });
    const id = await backUp(world, world.source, files);
    await owner.update(vaults).set({ lockedAt: new Date() }).where(eq(vaults.id, world.source.vaultId));
    await tick(world, world.source.accountId);
    expect(await readPoint(world, world.source, id)).toEqual(hashesOf(files));
    // Time passes: the lock's trigger lets nobody move an expiry back, so it is set aside for this statement.
    await owner.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      await tx.execute(
        sql`update backup_points set expires_at = now() - interval '1 second' where id = ${id}`,
      );
    });
    await tick(world, world.source.accountId);
    expect(await owner.select().from(backupPoints).where(eq(backupPoints.id, id))).toEqual([]);
  });
});

it('restores from the target after the source vault, its storage and its account are gone', async () => {
  const world = await makeWorld(database);
  const id = await backUp(world, world.source, files);
  await tick(world, world.target.accountId);
  await stop(world);
  await owner.update(vaults).set({ status: 'deleting' }).where(eq(vaults.id, world.source.vaultId));
  expect((await tick(world, world.source.accountId)).errors).toEqual([]);
  expect(await owner.select().from(vaults).where(eq(vaults.id, world.source.vaultId))).toEqual([]);
  const copy = (await replicatedPoints(world)).get(id)!;
  const restarted = { ...world, environment: { ...world.environment } };
  expect(await readPoint(restarted, world.target, copy.targetPointId!)).toEqual(hashesOf(files));
});
