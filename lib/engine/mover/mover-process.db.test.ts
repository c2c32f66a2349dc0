import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test, vi } from 'vitest';
import { inAccount } from '@/db/client';
import { backupPoints, dataSources, fileSystems, jobs, packs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newSigningKey } from '@/lib/audit/signing-key';
import { ensureRegionClient } from '@/lib/clients';
import { newId } from '@/lib/context';
import { findMount } from '@/lib/testing/find-mount';
import { loadOrCreateServiceKey } from '../core/service-key';
import { noise } from '../core/test-bytes';
import { inlinePool } from '../core/work/pool';
import { folderRegionStorage, initialiseVault } from '../vaults';
import { makeAccount, makeVaultRow } from '../vaults/test-environment';

const database = await testDatabase();
const { owner, urls } = database;
const dataFolder = await mkdtemp(join(tmpdir(), 'crossvault-mover-'));
const running = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(dataFolder, { recursive: true, force: true });
});

const region = 'cn-hangzhou';
const [fileCount, fileBytes] = [120, 1_500_000];

interface EngineProcess {
  child: ChildProcess;
  ended: Promise<unknown>;
  /** Of the movers that this engine has started so far, the newest last. */
  movers: number[];
}

async function startEngine(): Promise<EngineProcess> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/engine/main.ts'], {
    env: {
      ...process.env,
      DATABASE_URL: urls.engine,
      CROSSVAULT_DATA_DIR: dataFolder,
      CROSSVAULT_GATEWAY_PORT: String(port),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  running.add(child);
  const ended = once(child, 'exit').then(() => running.delete(child));
  const movers: number[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const { msg, pid } = JSON.parse(line) as { msg: string; pid: number };
    if (msg === 'the mover is running') movers.push(pid);
  });
  await vi.waitFor(() => expect(movers).toHaveLength(1), { timeout: 120_000, interval: 50 });
  return { child, ended, movers };
}

async function makeSource() {
  const account = await makeAccount(owner);
  const { accountId } = account;
  const vaultId = await makeVaultRow(owner, account);
  const { key: serviceKey } = await loadOrCreateServiceKey(join(dataFolder, 'secrets', 'service.key'));
  const storage = folderRegionStorage(dataFolder);
  const environment = {
    db: database.engine,
    storage,
    serviceKey,
    work: inlinePool,
    auditKey: newSigningKey(),
  };
  await initialiseVault(environment, { accountId, vaultId });
  const files = join(dataFolder, 'shelves');
  await mkdir(files, { recursive: true });
  for (let i = 0; i < fileCount; i++) await writeFile(join(files, `${i}.bin`), noise(fileBytes, i + 1));
  const { mountPath, fsType, source: fsSource, root: fsRoot, fsId } = await findMount(files);
  const fileSystem = { accountId, id: newId('fs'), region, kind: 'nas', name: 'shelves', mountPath } as const;
  await owner.insert(fileSystems).values({ ...fileSystem, fsType, fsSource, fsRoot, fsId });
  const client = await inAccount(database.app, accountId, (tx) => ensureRegionClient(tx, accountId, region));
  const source = {
    accountId,
    clientId: client.id,
    id: newId('ds'),
    kind: 'nas',
    item: fileSystem.id,
  } as const;
  const config = { kind: 'nas', fileSystemId: fileSystem.id };
  await owner.insert(dataSources).values({ ...source, name: 'shelves', config });
  const path = `/${files.slice(mountPath.length).replace(/^\/+/, '')}`;
  return { accountId, vaultId, clientId: client.id, sourceId: source.id, path };
}

async function queueBackup({ sourceId, path, ...place }: Awaited<ReturnType<typeof makeSource>>) {
  const id = newId('job');
  const spec = { paths: [path], excludes: [], retentionDays: 7, sourceId };
  await owner.insert(jobs).values({ ...place, id, kind: 'backup', spec, createdBy: 'test' });
  return id;
}

const rowOf = async (id: string) => (await owner.select().from(jobs).where(eq(jobs.id, id)))[0]!;
const countPacks = (vaultId: string) => owner.$count(packs, eq(packs.vaultId, vaultId));
/** Until this attempt has brought a pack, with many still to come. */
async function untilUnderWay(id: string, attempt: number): Promise<void> {
  const { vaultId } = await rowOf(id);
  const before = await countPacks(vaultId);
  await vi.waitFor(async () => expect(await countPacks(vaultId)).toBeGreaterThan(before), {
    timeout: 60_000,
    interval: 10,
  });
  expect(await rowOf(id)).toMatchObject({ status: 'running', attempt, errorMessage: null });
}
/** As if the time had passed after which a job that nobody speaks for is offered again. */
const letTimePass = (id: string) =>
  owner
    .update(jobs)
    .set({ heartbeatAt: new Date(Date.now() - 60_000) })
    .where(eq(jobs.id, id));

test('a backup outlives a killed mover, and then a killed engine, and is made once', async () => {
  const source = await makeSource();
  const first = await startEngine();
  const id = await queueBackup(source);
  await untilUnderWay(id, 1);
  process.kill(first.movers[0]!, 'SIGKILL');
  await vi.waitFor(() => expect(first.movers).toHaveLength(2), { timeout: 120_000, interval: 50 });
  expect((await rowOf(id)).status).toBe('running');
  await letTimePass(id);
  await untilUnderWay(id, 2);
  first.child.kill('SIGKILL');
  await first.ended;
  // Its mover sees the pipe close and ends by itself.
  await vi.waitFor(() => expect(() => process.kill(first.movers[1]!, 0)).toThrow(), { timeout: 30_000 });

  const second = await startEngine();
  await letTimePass(id);
  await vi.waitFor(async () => expect((await rowOf(id)).status).toBe('complete'), {
    timeout: 90_000,
    interval: 100,
  });
  const points = await owner.select().from(backupPoints).where(eq(backupPoints.vaultId, source.vaultId));
  expect(points).toMatchObject([{ fileCount, sourceBytes: fileCount * fileBytes, sourceKind: 'nas' }]);
  second.child.stdin!.end();
  await second.ended;
  expect(() => process.kill(second.movers[0]!, 0)).toThrow();
}, 400_000);
