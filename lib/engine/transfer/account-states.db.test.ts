import { and, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { inAccount } from '@/db/client';
import { backupPoints, sharedVaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import type { AccountState } from '@/lib/account-states';
import { setAccountState } from '@/lib/accounts';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { Replicator } from './replicator';
import {
  backUp,
  type Files,
  hashesOf,
  makeWorld,
  readPoint,
  replicatedPoints,
  replicationOf,
  tick,
  type World,
} from './test-world';

const database = await testDatabase();
const { owner } = database;
const files: Files = { 'a/one.txt': prose(200_000, 1), 'b/two.bin': noise(300_000, 2) };
const inactive = ['overdue', 'suspended', 'closed'] as const;

const set = (accountId: string, state: AccountState) =>
  setAccountState(owner, { accountId, state, reason: `set to ${state} by a test` });

const pointsOf = (vaultId: string) =>
  owner
    .select()
    .from(backupPoints)
    .where(and(eq(backupPoints.vaultId, vaultId), eq(backupPoints.status, 'visible')));

const expire = (pointId: string) =>
  owner
    .update(backupPoints)
    .set({ expiresAt: new Date(0) })
    .where(eq(backupPoints.id, pointId));

describe.each(inactive)('a source account that is %s', (state) => {
  it('leaves its replica alone: the target lists it, copies what the source shows, restores and expires', async () => {
    const world = await makeWorld(database);
    const first = await backUp(world, world.source, files);
    const second = await backUp(world, world.source, { ...files, 'c.txt': prose(50_000, 3) });
    await set(world.source.accountId, state);

    expect((await tick(world, world.target.accountId)).errors).toEqual([]);
    const copies = await replicatedPoints(world);
    expect([first, second].map((id) => copies.get(id)?.state)).toEqual(['copied', 'copied']);
    expect(await replicationOf(world)).toMatchObject({ state: 'active', waitingReason: null, lagPoints: 0 });

    const listed = await inAccount(database.app, world.target.accountId, (tx) =>
      tx
        .select({ id: backupPoints.id })
        .from(backupPoints)
        .where(eq(backupPoints.vaultId, world.target.vaultId)),
    );
    expect(listed).toHaveLength(2);
    const copyOfFirst = copies.get(first)!.targetPointId!;
    expect(await readPoint(world, world.target, copyOfFirst)).toEqual(hashesOf(files));

    await expire(copyOfFirst);
    expect((await tick(world, world.target.accountId)).errors).toEqual([]);
    expect((await pointsOf(world.target.vaultId)).map(({ id }) => id)).toEqual([
      copies.get(second)!.targetPointId,
    ]);
    const shared = await inAccount(database.app, world.source.accountId, (tx) =>
      tx.select().from(sharedVaults),
    );
    expect(shared.map(({ id }) => id)).toEqual([world.target.vaultId]);
  });

  it('makes no new backup point, and keeps those it has until they expire', async () => {
    const world = await makeWorld(database);
    const kept = await backUp(world, world.source, files);
    await set(world.source.accountId, state);
    await expect(backUp(world, world.source, { 'late.txt': prose(9_000, 4) })).rejects.toMatchObject({
      cause: { code: 'CV020' },
    });
    await tick(world, world.source.accountId);
    expect((await pointsOf(world.source.vaultId)).map(({ id }) => id)).toEqual([kept]);
    await expire(kept);
    await tick(world, world.source.accountId);
    expect(await pointsOf(world.source.vaultId)).toEqual([]);
  });
});

describe.each(inactive)('a destination account that is %s', (state) => {
  it('waits with the reason, deletes nothing, and goes on when it is active again', async () => {
    const world = await makeWorld(database);
    await backUp(world, world.source, files);
    await tick(world, world.target.accountId);
    await set(world.target.accountId, state);
    expect(await replicationOf(world)).toMatchObject({ waitingReason: `target_account_${state}` });

    const late = await backUp(world, world.source, { ...files, 'late.txt': prose(70_000, 5) });
    await tick(world, world.target.accountId);
    expect(await pointsOf(world.target.vaultId)).toHaveLength(1);
    const waiting = await replicationOf(world);
    expect(waiting).toMatchObject({ state: 'active', waitingReason: `target_account_${state}` });
    expect(waiting.lastError).toContain(`The destination account is ${state}.`);

    await set(world.target.accountId, 'active');
    expect((await tick(world, world.target.accountId)).errors).toEqual([]);
    expect((await replicatedPoints(world)).get(late)?.state).toBe('copied');
    expect(await replicationOf(world)).toMatchObject({ waitingReason: null, lastError: null, lagPoints: 0 });
  });

  it.each([0, 1, 2])('lets nothing become visible after step %i of a copy', async (steps) => {
    const world: World = await makeWorld(database);
    await backUp(world, world.source, files);
    const replicator = new Replicator(world.environment, world.target.accountId, world.replicationId);
    await replicator.review();
    for (let i = 0; i < steps && replicator.isCopying; i++) await replicator.step();
    await set(world.target.accountId, state);
    while (replicator.isCopying) await replicator.step().catch(() => {});
    await replicator.drop();
    expect(await pointsOf(world.target.vaultId)).toEqual([]);
    expect(await replicationOf(world)).toMatchObject({ waitingReason: `target_account_${state}` });
  });
});
