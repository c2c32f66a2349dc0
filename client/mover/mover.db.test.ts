import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { makeClient, makeFileSystem } from '@/db/factories';
import { auditEvents, clients, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { isOnline } from '@/lib/clients';
import { noise } from '@/lib/engine/core/test-bytes';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { signMoverToken } from '@/lib/engine/wire-mover';
import { Gateway } from '../net/gateway';
import { Nothing } from '../net/nothing';
import type { AdapterRegistry, SourceAdapter } from '../sources/adapter';
import { plainFolderAdapter } from '../testing/plain-folder-adapter';
import { startTestMover, type TestMover, TestRegion } from '../testing/test-region';

const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const newRegion = () => TestRegion.make(database, engine);

/** Where the operator mounted which file system, and what the adapters were given. */
const mounts = new Map<string, string>();
const seen: unknown[] = [];
/** A pause in front of each backup, for tests that look at work under way. */
let gate: Promise<void> = Promise.resolve();
const folders = plainFolderAdapter((id) => mounts.get(id)!);
const mounted: SourceAdapter = {
  ...folders,
  async backup(context, offer) {
    seen.push(offer.work.source);
    await Promise.race([gate, new Promise((done) => context.signal.addEventListener('abort', done))]);
    context.signal.throwIfAborted();
    return folders.backup(context, offer);
  },
};
const adapters: AdapterRegistry = (kind) => (kind === 'nas' ? Promise.resolve(mounted) : null);

const started: TestMover[] = [];
async function startMover(gateway = engine, slots = 4): Promise<TestMover> {
  const mover = await startTestMover(gateway, fingerprint, { adapters, slots });
  started.push(mover);
  return mover;
}
afterEach(async () => {
  gate = Promise.resolve();
  for (const mover of started.splice(0)) await mover.stop();
});

async function addFileSystem(region: TestRegion, files = 3, secret?: Record<string, unknown>) {
  const { id: fileSystemId } = await makeFileSystem(owner, { accountId: region.accountId });
  mounts.set(fileSystemId, await region.folder(fileSystemId, files));
  return { fileSystemId, sourceId: await region.addSource({ kind: 'nas', fileSystemId }, secret) };
}

describe('the mover', () => {
  test('backs up and restores a source that no host serves, and its region is online', async () => {
    const region = await newRegion();
    const { sourceId, fileSystemId } = await addFileSystem(region);
    await startMover();
    const { pointId } = await region.until(await region.queueBackup(sourceId), 'complete');
    const [client] = await owner.select().from(clients).where(eq(clients.id, region.clientId));
    expect(isOnline(client!, new Date())).toBe(true);
    const destination = { kind: 'file_system', sourceId, path: '/restored' } as const;
    await region.until(await region.queueRestore(pointId!, { destination }), 'complete');
    const mount = mounts.get(fileSystemId)!;
    expect(await readFile(join(mount, 'restored', mount, '2.bin'))).toEqual(Buffer.from(noise(200_000, 3)));
  });

  test('is given the secret of a source, which stands in no row and no line of a log', async () => {
    const region = await newRegion();
    const secret = { accessKeyId: 'key-of-the-test', accessKeySecret: 'hush-4711-hush' };
    const { sourceId } = await addFileSystem(region, 1, secret);
    const { lines } = await startMover();
    const id = await region.queueBackup(sourceId);
    await region.until(id, 'complete');
    expect(seen.at(-1)).toMatchObject({ id: sourceId, secret });
    const rows = [
      await owner.select().from(jobs).where(eq(jobs.id, id)),
      await owner.select().from(auditEvents).where(eq(auditEvents.accountId, region.accountId)),
    ];
    expect(JSON.stringify([rows, lines])).not.toContain('4711');
    expect(JSON.stringify(rows)).toContain(sourceId);
  });

  test('serves the account that runs least first, however many jobs another one queued before', async () => {
    const [greedy, modest] = [await newRegion(), await newRegion()];
    const many = [];
    for (let i = 0; i < 6; i++) many.push(await addFileSystem(greedy, 1));
    const one = await addFileSystem(modest, 1);
    let open = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const queued = [];
    for (const { sourceId } of many) queued.push(await greedy.queueBackup(sourceId));
    const small = await modest.queueBackup(one.sourceId);
    await startMover(engine, 2);
    await modest.until(small, 'running');
    const states = await Promise.all(queued.map(async (id) => (await greedy.job(id)).status));
    expect(states.filter((status) => status === 'running')).toHaveLength(1);
    open();
    await modest.until(small, 'complete');
    for (const id of queued) await greedy.until(id, 'complete');
  });

  test('makes one backup of a source at a time, and the next one when it is done', async () => {
    const region = await newRegion();
    const { sourceId } = await addFileSystem(region, 2);
    let open = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const [first, second] = [await region.queueBackup(sourceId), await region.queueBackup(sourceId)];
    await startMover();
    await region.until(first, 'running');
    expect((await region.job(second)).status).toBe('queued');
    open();
    const points = [await region.until(first, 'complete'), await region.until(second, 'complete')];
    expect(points[1]!.startedAt!.getTime()).toBeGreaterThanOrEqual(points[0]!.finishedAt!.getTime());
  });

  test('stops a job that is cancelled in the console', async () => {
    const region = await newRegion();
    const { sourceId } = await addFileSystem(region, 1);
    gate = new Promise(() => {});
    await startMover();
    const id = await region.queueBackup(sourceId);
    await region.until(id, 'running');
    await owner.update(jobs).set({ cancelRequestedAt: new Date() }).where(eq(jobs.id, id));
    await region.until(id, 'cancelled');
  });

  test('that goes away leaves its jobs to the mover of another engine', async () => {
    const region = await newRegion();
    const { sourceId } = await addFileSystem(region, 2);
    gate = new Promise(() => {});
    const first = await startMover();
    const id = await region.queueBackup(sourceId);
    await region.until(id, 'running');
    await first.stop();
    gate = Promise.resolve();
    await owner
      .update(jobs)
      .set({ heartbeatAt: new Date(Date.now() - 60_000) })
      .where(eq(jobs.id, id));
    await startMover(await TestGateway.over(engine.vaults));
    expect(await region.until(id, 'complete')).toMatchObject({ attempt: 2 });
  });

  test('is told of a source that cannot be prepared by the end of that job alone', async () => {
    const region = await newRegion();
    const [broken, whole] = [
      await region.addSource({ kind: 'tablestore', endpoint: 'https://t.example.com', instance: 'inst' }),
      await addFileSystem(region, 1),
    ];
    await startMover();
    const failed = await region.queueBackup(broken);
    const fine = await region.queueBackup(whole.sourceId);
    expect((await region.until(failed, 'failed')).errorMessage).toContain('tablestore');
    await region.until(fine, 'complete');
  });
});

describe("the mover's token", () => {
  const connect = (credential: string) =>
    new Gateway({ server: `https://127.0.0.1:${engine.port}`, pin: fingerprint, credential });
  const beat = { version: '1', platform: 'p', hostname: 'h', runningJobs: [], waitSeconds: 0 };

  test('speaks for region clients of the account it names, and for no host', async () => {
    const [region, stranger] = [await newRegion(), await newRegion()];
    const sign = (accountId: string, clientId: string, secret = engine.env.internalSecret) =>
      signMoverToken(secret, { accountId, clientId }, new Date());
    const asks = (token: string) => connect(token).postJson('/v1/heartbeat', beat, Nothing);
    await expect(asks(sign(region.accountId, region.clientId))).resolves.toMatchObject({ jobs: [] });
    const { id: hostId } = await makeClient(owner, { accountId: region.accountId });
    const forged = [
      sign(stranger.accountId, region.clientId),
      sign(region.accountId, hostId),
      sign(region.accountId, region.clientId, Buffer.alloc(32, 9)),
      signMoverToken(engine.env.internalSecret, null, new Date()),
      signMoverToken(
        engine.env.internalSecret,
        { accountId: region.accountId, clientId: region.clientId },
        new Date(Date.now() - 60_000),
      ),
    ];
    for (const token of forged) {
      await expect(asks(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    }
  });
});
