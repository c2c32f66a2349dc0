import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { chunks, collections, packs, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { noise } from '@/lib/engine/core/test-bytes';
import { loadChunks, openPoint } from '@/lib/engine/gateway/open-point';
import { packObjectName } from '@/lib/engine/index/postgres-index';
import { openVault, vaultFolder } from '@/lib/engine/vaults';
import { Replicator } from '../transfer';
import {
  backUp,
  deleteByHand,
  type Files,
  hashesOf,
  makeWorld,
  readPoint,
  type World,
} from '../transfer/test-world';
import { collect } from './collect';

const database = await testDatabase();
const { owner } = database;

/** Files that stay beside files that go, in the same packs: they are put by one backup. */
const both: Files = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [`${i % 3 === 0 ? 'stays' : 'goes'}-${i}`, noise(200_000, i + 1)]),
);
const stays: Files = Object.fromEntries(Object.entries(both).filter(([path]) => path.startsWith('stays')));
const livingBytes = 4 * 200_000;

const packsOf = ({ source }: World) => owner.select().from(packs).where(eq(packs.vaultId, source.vaultId));
const dataPacksOf = async (world: World) =>
  (await packsOf(world)).filter(({ sizeBytes }) => sizeBytes > 100_000);
const rowsOf = ({ source }: World) =>
  owner
    .select({ name: chunks.name, packNo: chunks.packNo })
    .from(chunks)
    .innerJoin(packs, eq(packs.packNo, chunks.packNo))
    .where(eq(packs.vaultId, source.vaultId));

/** A vault whose one data pack is two thirds dead once it is collected. */
async function makeHalfDead() {
  const world = await makeWorld(database);
  const goes = await backUp(world, world.source, both);
  const point = await backUp(world, world.source, stays);
  await deleteByHand(world, world.source, goes);
  return { world, point };
}

const begin = ({ environment, source }: World) =>
  collect(environment, source, { closeCopies: async () => {} });

async function collectAll(world: World): Promise<void> {
  for await (const _ of begin(world)) {
  }
}

/** Takes a collection to where it has written packs anew and the old ones are still there, if `isMoved`. */
async function collectTo(world: World, { isMoved }: { isMoved: boolean }) {
  const collecting = begin(world);
  for (;;) {
    const [row] = await owner.select().from(collections).where(eq(collections.vaultId, world.source.vaultId));
    if (row?.step === 'compact' && (!isMoved || row.rewrittenBytes > 0)) return collecting;
    if ((await collecting.next()).done) throw new Error('it never came to that');
  }
}

it('writes what is alive anew and frees the rest, and the point is the same', async () => {
  const { world, point } = await makeHalfDead();
  const before = await rowsOf(world);
  const [old] = await dataPacksOf(world);
  await collectAll(world);
  const living = await dataPacksOf(world);
  expect(living).toHaveLength(1);
  expect(living[0]!.packNo).not.toBe(old!.packNo);
  expect(living[0]!.sizeBytes).toBeLessThan(livingBytes * 1.02);
  const after = await rowsOf(world);
  expect(before.map(({ name }) => name)).toEqual(expect.arrayContaining(after.map(({ name }) => name)));
  const { store } = await openVault(world.environment, world.source);
  expect(await store.stat(packObjectName(old!.sha256))).toBeNull();
  expect(await readPoint(world, world.source, point)).toEqual(hashesOf(stays));
  const [row] = await owner.select().from(collections).where(eq(collections.vaultId, world.source.vaultId));
  const [vault] = await owner.select().from(vaults).where(eq(vaults.id, world.source.vaultId));
  const stored = (await packsOf(world)).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  expect(vault!.storedBytes).toBe(stored);
  expect(row!.freedBytes).toBeGreaterThan(1_500_000);
  expect(row!.rewrittenBytes).toBeGreaterThan(livingBytes);
  // A second collection has nothing to write anew.
  await collectAll(world);
  expect((await dataPacksOf(world)).map(({ packNo }) => packNo)).toEqual([living[0]!.packNo]);
});

it('goes on after a crash at any moment of it', async () => {
  for (const isMoved of [false, true]) {
    const { world, point } = await makeHalfDead();
    await (await collectTo(world, { isMoved })).return(undefined);
    expect(await readPoint(world, world.source, point)).toEqual(hashesOf(stays));
    await collectAll(world);
    expect(await dataPacksOf(world)).toHaveLength(1);
    expect(await readPoint(world, world.source, point)).toEqual(hashesOf(stays));
  }
});

it('who was reading goes on reading: what is gone is looked up once more', async () => {
  const { world, point } = await makeHalfDead();
  const { environment, source } = world;
  const opened = await openPoint(environment, source.accountId, point);
  const names = (await rowsOf(world)).map(({ name }) => Buffer.from(name.replaceAll('-', ''), 'hex'));
  await (await collectTo(world, { isMoved: false })).return(undefined);
  const alive = (await opened.vault.index(opened.lineage).locate(names)).flatMap((found, i) =>
    found?.pack.type === 'data' ? [names[i]!] : [],
  );
  const reading = loadChunks(opened.vault, opened.lineage, opened.vault.reader(opened.lineage), alive);
  let bytes = (await reading.next()).value!.bytes.length;
  await collectAll(world);
  for await (const chunk of reading) bytes += chunk.bytes.length;
  expect(bytes).toBe(livingBytes);
});

it('a replication that was reading a pack goes on with what took its place', async () => {
  const { world } = await makeHalfDead();
  const copying = new Replicator(world.environment, world.target.accountId, world.replicationId);
  await copying.review();
  await copying.step();
  await collectAll(world);
  for (let i = 0; i < 20; i++) if ((await copying.step()) !== 'more') break;
  const [copy] = await owner.execute<{ id: string }>(
    sql`select id from backup_points where vault_id = ${world.target.vaultId} and status = 'visible'`,
  );
  expect(await readPoint(world, world.target, copy!.id)).toEqual(hashesOf(stays));
});

it('a process that was overtaken moves nothing', async () => {
  const { world, point } = await makeHalfDead();
  const late = await collectTo(world, { isMoved: false });
  await collectAll(world);
  const placed = await rowsOf(world);
  while (!(await late.next()).done) {}
  expect(await rowsOf(world)).toEqual(placed);
  expect(await readPoint(world, world.source, point)).toEqual(hashesOf(stays));
});

it('what is damaged is not carried into a new pack, and is checked first', async () => {
  const { world } = await makeHalfDead();
  const [old] = await dataPacksOf(world);
  await owner.update(packs).set({ checkedAt: new Date() }).where(eq(packs.packNo, old!.packNo));
  const { region, store } = await openVault(world.environment, world.source);
  const name = packObjectName(old!.sha256);
  const bytes = Buffer.from(await store.get(name));
  for (let at = 1000; at < bytes.length - 20_000; at += 1000) bytes[at]! ^= 1;
  await writeFile(join(vaultFolder(world.environment.dataFolder, region, world.source.vaultId), name), bytes);
  await collectAll(world);
  const [still] = await dataPacksOf(world);
  expect(still).toMatchObject({ packNo: old!.packNo, checkedAt: null });
});

it('measures packs of earlier versions by their own tables', async () => {
  const { world, point } = await makeHalfDead();
  await owner.update(packs).set({ plainBytes: null }).where(eq(packs.vaultId, world.source.vaultId));
  await collectAll(world);
  const [data] = await dataPacksOf(world);
  expect(data!.sizeBytes).toBeLessThan(livingBytes * 1.02);
  expect((await packsOf(world)).every(({ plainBytes }) => plainBytes !== null)).toBe(true);
  expect(await readPoint(world, world.source, point)).toEqual(hashesOf(stays));
});
