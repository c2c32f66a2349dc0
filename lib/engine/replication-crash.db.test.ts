import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, expect, it } from 'vitest';
import { backupPoints, packs, pins, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newSigningKey } from '@/lib/audit/signing-key';
import { loadOrCreateServiceKey } from './core/service-key';
import { noise, prose } from './core/test-bytes';
import { inlinePool } from './core/work/pool';
import { packObjectName } from './index/postgres-index';
import {
  backUp,
  type Files,
  hashesOf,
  makeWorld,
  readPoint,
  replicatedPoints,
  replicationOf,
  startReplication,
} from './transfer/test-world';
import { folderRegionStorage, openVault } from './vaults';

const database = await testDatabase();
const { owner, urls } = database;
const dataFolder = await mkdtemp(join(tmpdir(), 'crossvault-crash-'));
const children = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(dataFolder, { recursive: true, force: true });
});

const kills = 4;
/** Packs of data and of pages that are on their way to the store at a time; each may be there and in no index. */
const packsInFlight = 3;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The engine as it runs in an installation: a process of its own. */
async function startEngineProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/engine/main.ts'], {
    env: {
      ...process.env,
      DATABASE_URL: urls.engine,
      CROSSVAULT_DATA_DIR: dataFolder,
      CROSSVAULT_GATEWAY_PORT: String(await freePort()),
      ENGINE_THREADS: '1',
    },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  children.add(child);
  child.on('exit', () => children.delete(child));
  return child;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(10);
}

it('an engine killed in the middle of a first synchronisation goes on: nothing is lost, and only packs in flight are sent twice', {
  timeout: 180_000,
}, async () => {
  const { key: serviceKey } = await loadOrCreateServiceKey(join(dataFolder, 'secrets', 'service.key'));
  const storage = folderRegionStorage(dataFolder);
  const environment = {
    db: database.engine,
    storage,
    serviceKey,
    work: inlinePool,
    auditKey: newSigningKey(),
    dataFolder,
  };
  const world = await makeWorld(database, { environment, isStarted: false });
  const files: Files = {};
  for (let i = 0; i < 64; i++) files[`data/${i % 6}/f${i}.bin`] = noise(1024 * 1024, i + 1);
  for (let i = 0; i < 1500; i++) files[`small/${i % 10}/s${i}.txt`] = prose(600 + (i % 900), i + 1);
  const first = await backUp(world, world.source, files, { createdAt: new Date(Date.now() - 1000) });
  const second = await backUp(world, world.source, { ...files, 'more.bin': noise(3_000_000, 999) });
  world.replicationId = await startReplication(world);
  const copies = () =>
    owner.select().from(backupPoints).where(eq(backupPoints.vaultId, world.target.vaultId));
  const putPacks = () => owner.select().from(packs).where(eq(packs.vaultId, world.target.vaultId));

  let killed = 0;
  let wasHalfway = false;
  let lastCount = -1;
  for (let i = 0; i < kills; i++) {
    // As if the lease of the one that died had run out.
    await owner.execute(sql`update tickers set lease_until = now() where lease_owner is not null`);
    await owner.execute(sql`select wake_ticker(${world.target.accountId})`);
    const child = await startEngineProcess();
    const startedWith = (await replicationOf(world)).fence;
    const isOver = async () => (await copies()).length === 2;
    await until(async () => (await replicationOf(world)).fence > startedWith || (await isOver()));
    // The first dies at any moment, each later one at any moment after it got further than the one before.
    if (i > 0) await until(async () => (await putPacks()).length > lastCount || (await isOver()));
    await sleep(randomInt(0, 200));
    if ((await copies()).length < 2) killed += 1;
    child.kill('SIGKILL');
    await once(child, 'exit');
    // What is visible is whole at any moment, and what was put stays put.
    for (const copy of await copies()) await readPoint(world, world.target, copy.id);
    const count = (await putPacks()).length;
    expect(count).toBeGreaterThanOrEqual(lastCount);
    wasHalfway ||= count > 0 && (await copies()).length < 2;
    lastCount = count;
  }
  expect(wasHalfway).toBe(true);

  await owner.execute(sql`update tickers set lease_until = now() where lease_owner is not null`);
  const last = await startEngineProcess();
  await until(async () => (await copies()).length === 2);
  last.kill('SIGTERM');
  await once(last, 'exit');

  const points = await replicatedPoints(world);
  expect(await readPoint(world, world.target, points.get(first)!.targetPointId!)).toEqual(hashesOf(files));
  const newest = await readPoint(world, world.target, points.get(second)!.targetPointId!);
  expect(newest).toMatchObject(hashesOf(files));
  expect(await owner.select().from(pins).where(eq(pins.vaultId, world.target.vaultId))).toEqual([]);

  const vault = await openVault(environment, world.target);
  const indexed = new Set((await putPacks()).map(({ sha256 }) => packObjectName(sha256)));
  const stored: { name: string }[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page = await vault.store.list('packs/', after ? { after } : {});
    stored.push(...page.objects);
    after = page.next;
  }
  const sentTwice = stored.filter(({ name }) => !indexed.has(name));
  expect(sentTwice.length).toBeLessThanOrEqual(killed * packsInFlight);
  const [source] = await owner.select().from(vaults).where(eq(vaults.id, world.source.vaultId));
  const [target] = await owner.select().from(vaults).where(eq(vaults.id, world.target.vaultId));
  expect(target!.storedBytes).toBeLessThan(source!.storedBytes * 1.02);
});
