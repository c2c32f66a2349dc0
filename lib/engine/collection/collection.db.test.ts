import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { inAccount } from '@/db/client';
import { backupPoints, chunks, collections, packs, pins, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { computeName, nameFromUuid } from '@/lib/engine/core/names';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { openPin, releasePin } from '@/lib/engine/index/pins';
import { openVault, vaultFolder } from '@/lib/engine/vaults';
import { Replicator } from '../transfer';
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
} from '../transfer/test-world';
import { collect } from './collect';

const database = await testDatabase();
const { owner } = database;
const kept: Files = { 'kept.txt': prose(90_000, 1), 'both.txt': prose(50_000, 2) };
const gone: Files = { 'gone.bin': noise(700_000, 3), 'both.txt': prose(50_000, 2) };

const storedBytes = async ({ vaultId }: Address) =>
  (await owner.select().from(vaults).where(eq(vaults.id, vaultId)))[0]!.storedBytes;
const collectionsOf = ({ vaultId }: Address) =>
  owner.select().from(collections).where(eq(collections.vaultId, vaultId));

/** Takes a collection until its row stands at `step`. */
async function collectTo(world: World, address: Address, step: string) {
  const collecting = collect(world.environment, address, { closeCopies: async () => {} });
  for (;;) {
    const [row] = await collectionsOf(address);
    if (row?.step === step) break;
    if ((await collecting.next()).done) break;
  }
  await collecting.return(undefined);
}

it('frees what no point reaches, keeps the rest, and is not started again without a reason', async () => {
  const world = await makeWorld(database);
  const stays = await backUp(world, world.source, kept);
  const goes = await backUp(world, world.source, gone);
  const before = await storedBytes(world.source);
  await deleteByHand(world, world.source, goes);
  expect((await tick(world, world.source.accountId)).errors).toEqual([]);
  const after = await storedBytes(world.source);
  expect(after).toBeLessThan(before - 690_000);
  expect(await readPoint(world, world.source, stays)).toEqual(hashesOf(kept));
  const [done] = await collectionsOf(world.source);
  expect(done).toMatchObject({ step: 'done', freedBytes: before - after, lastError: null });
  expect(done!.condemnedChunks).toBeGreaterThan(0);
  const vault = await openVault(world.environment, world.source);
  const stored = (await vault.store.list('packs/')).objects.reduce((sum, pack) => sum + pack.sizeBytes, 0);
  expect(stored).toBe(after);
  await tick(world, world.source.accountId);
  expect(await collectionsOf(world.source)).toHaveLength(1);
});

it('condemned chunks are absent to look-ups, and still read by points that rest on them', async () => {
  const world = await makeWorld(database);
  const goes = await backUp(world, world.source, gone);
  await deleteByHand(world, world.source, goes);
  await collectTo(world, world.source, 'wait');
  const vault = await openVault(world.environment, world.source);
  const lineage = vault.lineages[0]!;
  const name = computeName(lineage.namingKey, 'data', gone['both.txt']!);
  expect(await vault.index(lineage).lookup([name])).toEqual([null]);
  expect((await vault.index(lineage).locate([name]))[0]).not.toBeNull();
  // A newcomer takes the condemned row's place and is not swept with it.
  const fresh = await backUp(world, world.source, { 'both.txt': gone['both.txt']! });
  expect((await tick(world, world.source.accountId)).errors).toEqual([]);
  expect((await collectionsOf(world.source))[0]!.step).toBe('done');
  expect(await readPoint(world, world.source, fresh)).toEqual(hashesOf({ 'both.txt': gone['both.txt']! }));
});

it('waits for work that is older than the condemnation, and spares what it came to need', async () => {
  const world = await makeWorld(database);
  const { environment, source } = world;
  const goes = await backUp(world, source, gone);
  const older = await openPin(environment.db, source.accountId, {
    vaultId: source.vaultId,
    workKind: 'backup',
    workId: 'j-older',
  });
  await deleteByHand(world, source, goes);
  await collectTo(world, source, 'wait');
  await tick(world, source.accountId);
  expect((await collectionsOf(source))[0]!.step).toBe('wait');
  // The older work found everything before the condemnation and put nothing itself: its point rests on condemned rows.
  const [row] = await owner.execute<{ root_page: string; space_no: number }>(
    sql`select c.name as root_page, c.space_no from chunks c join packs p using (pack_no)
      where p.vault_id = ${source.vaultId} and c.kind = 1`,
  );
  await inAccount(environment.db, source.accountId, async (tx) => {
    await tx.execute(sql`
      insert into backup_points (account_id, id, vault_id, source_id, source_kind, source_name, client_id,
        origin_account_id, origin_vault_id, origin_point_id, space_no, lineage_id, root_page, paths, source_bytes,
        added_bytes, file_count, folder_count, retention_days, expires_at, started_at, created_at)
      select ${source.accountId}, 's-older', ${source.vaultId}, 'ds', 'local_file', 'x', 'c', ${source.accountId},
        ${source.vaultId}, 's-older', s.space_no, s.lineage_id, ${row!.root_page}::uuid, '[]', 1, 0, 1, 0, 1,
        now() + interval '1 day', now(), now()
      from chunk_spaces s where s.space_no = ${row!.space_no}`);
    await releasePin(tx, older.pinNo);
    await tx.execute(sql`
      with numbered as (update vaults set head = head + 1 where id = ${source.vaultId} returning head)
      insert into point_events (account_id, vault_id, seq, kind, point_id)
      select ${source.accountId}, ${source.vaultId}, head, 'committed', 's-older' from numbered`);
  });
  expect(await readPoint(world, source, 's-older')).toEqual(hashesOf(gone));
  await tick(world, source.accountId);
  expect((await collectionsOf(source))[0]!.step).toBe('done');
  expect(await readPoint(world, source, 's-older')).toEqual(hashesOf(gone));
});

it('never condemns what running work has put', async () => {
  const world = await makeWorld(database);
  const { environment, source } = world;
  const { pinNo } = await openPin(environment.db, source.accountId, {
    vaultId: source.vaultId,
    workKind: 'backup',
    workId: 'j-running',
  });
  const vault = await openVault(environment, source);
  const lineage = vault.lineages[0]!;
  const writer = vault.writer(lineage, pinNo);
  const bytes = prose(10_000, 6);
  const name = computeName(lineage.namingKey, 'data', bytes);
  await writer.put({ name, type: 'data', bytes });
  await writer.flush();
  await deleteByHand(world, source, await backUp(world, source, gone));
  await collectTo(world, source, 'wait');
  expect((await vault.index(lineage).lookup([name]))[0]).not.toBeNull();
});

it.each(['mark', 'wait', 'remark', 'sweep', 'compact'])(
  'goes on after a crash in the step %s',
  async (step) => {
    const world = await makeWorld(database);
    const stays = await backUp(world, world.source, kept);
    await deleteByHand(world, world.source, await backUp(world, world.source, gone));
    await collectTo(world, world.source, step);
    // A late process that was overtaken at this step.
    const late = collect(world.environment, world.source, { closeCopies: async () => {} });
    await late.next();
    expect((await tick(world, world.source.accountId)).errors).toEqual([]);
    while (!(await late.next()).done) {}
    expect((await collectionsOf(world.source)).every((row) => row.step === 'done')).toBe(true);
    expect(await readPoint(world, world.source, stays)).toEqual(hashesOf(kept));
    const reached = await owner
      .select({ name: chunks.name, condemnedBy: chunks.condemnedBy })
      .from(chunks)
      .innerJoin(packs, eq(packs.packNo, chunks.packNo))
      .where(eq(packs.vaultId, world.source.vaultId));
    expect(reached.map(({ condemnedBy }) => condemnedBy)).toEqual(reached.map(() => null));
    expect(reached.length).toBe(3);
    expect(nameFromUuid(reached[0]!.name)).toHaveLength(16);
  },
);

const orphans = [`packs/ab/${'ab'.repeat(32)}`, 'points/s-0rphan'];

/** Objects of work that died before their rows, and when they were stored. */
async function makeOrphans({ environment, source }: World, daysOld: number) {
  const { store, region } = await openVault(environment, source);
  for (const name of orphans) {
    await store.putIfAbsent(name, noise(1000));
    const at = new Date(Date.now() - daysOld * 86_400_000);
    await utimes(join(vaultFolder(environment.dataFolder, region, source.vaultId), name), at, at);
  }
  return store;
}

it('removes packs and manifests whose writer died before their rows, and leaves those of running work', async () => {
  const world = await makeWorld(database);
  const { environment, source } = world;
  const stays = await backUp(world, source, kept);
  const store = await makeOrphans(world, 8);
  const pin = await openPin(environment.db, source.accountId, {
    vaultId: source.vaultId,
    workKind: 'backup',
    workId: 'j-running',
  });
  // Nothing is condemned by these collections, so that they do not wait for the running work.
  await collectTo(world, source, 'done');
  for (const name of orphans) expect(await store.stat(name), name).not.toBeNull();
  await inAccount(environment.db, source.accountId, (tx) => releasePin(tx, pin.pinNo));
  await collectAgain(world);
  for (const name of orphans) expect(await store.stat(name), name).toBeNull();
  expect(await readPoint(world, source, stays)).toEqual(hashesOf(kept));
  expect(await store.stat(`points/${stays}`)).not.toBeNull();
});

it('removes what a killed writer had begun to write', async () => {
  const world = await makeWorld(database);
  await backUp(world, world.source, kept);
  const { region } = await openVault(world.environment, world.source);
  const folder = join(vaultFolder(world.environment.dataFolder, region, world.source.vaultId), '.tmp');
  for (const name of ['dead', 'alive']) await writeFile(join(folder, name), 'half');
  await utimes(join(folder, 'dead'), new Date(0), new Date(0));
  await collectAgain(world);
  expect(await readdir(folder)).toEqual(['alive']);
});

it('leaves what got no row alone for a week: the database may be an older one, restored', async () => {
  const world = await makeWorld(database);
  await backUp(world, world.source, kept);
  const store = await makeOrphans(world, 6);
  await collectAgain(world);
  for (const name of orphans) expect(await store.stat(name), name).not.toBeNull();
});

async function collectAgain({ environment, source }: World) {
  for await (const _ of collect(environment, source, { closeCopies: async () => {} })) {
  }
}

it('does not wait for a long copy: its pin is renewed and it decides anew', async () => {
  const world = await makeWorld(database);
  const { target, source } = world;
  const first = await backUp(world, source, gone);
  await tick(world, target.accountId);
  const [copied] = await owner.execute<{ id: string }>(
    sql`select id from backup_points where vault_id = ${target.vaultId} and origin_point_id = ${first}`,
  );
  const second = await backUp(world, source, { ...gone, 'more.txt': prose(20_000, 4) });
  const copying = new Replicator(world.environment, target.accountId, world.replicationId);
  await copying.review();
  for (let i = 0; i < 2; i++) await copying.step();
  const [pin] = await owner.select().from(pins).where(eq(pins.vaultId, target.vaultId));
  await owner
    .update(backupPoints)
    .set({ expiresAt: new Date(0) })
    .where(eq(backupPoints.id, copied!.id));
  await deleteByHand(world, target, copied!.id);
  await collectTo(world, target, 'wait');
  // The copy decided that `gone.bin` need not cross; its rows are condemned now.
  expect((await tick(world, target.accountId)).errors).toEqual([]);
  expect((await owner.select().from(pins).where(eq(pins.pinNo, pin!.pinNo))).length).toBe(0);
  while (copying.isCopying) await copying.step().catch(() => {});
  for (let i = 0; i < 3; i++) await tick(world, target.accountId);
  expect((await collectionsOf(target))[0]!.step).toBe('done');
  const [copy] = await owner.execute<{ id: string }>(
    sql`select id from backup_points where vault_id = ${target.vaultId} and origin_point_id = ${second}`,
  );
  expect(await readPoint(world, target, copy!.id)).toEqual(
    hashesOf({ ...gone, 'more.txt': prose(20_000, 4) }),
  );
});
