import { DeleteObjectCommand, GetObjectCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { accounts, backupPoints } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { makeWorld, replicatedPoints, tick } from '@/lib/engine/transfer/test-world';
import { makeAccount, makeVault } from '@/lib/engine/vaults/test-environment';
import { type BackupSpec, JobReport, type RestoreSpec } from '@/lib/jobs/schemas';
import { ClientFolder } from '../../config';
import { snapshotBucket } from '../../testing/oss/bucket-snapshot';
import { startLine } from '../../testing/oss/line';
import { dotKeys, oddKeys, TestSource } from '../../testing/oss/test-source';
import { startTestMover, type TestMover, TestRegion } from '../../testing/test-region';
import { ossAdapter } from './adapter';
import { bucketsPath } from './browse-bucket';

const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const adapter = ossAdapter({ allowsPrivateEndpoints: true, patienceMs: 10_000 });

let mover: TestMover;
beforeAll(async () => {
  mover = await startTestMover(engine, fingerprint, { adapters: () => Promise.resolve(adapter) });
});
afterAll(() => mover.stop());

/** A bucket that is a data source of an account. */
async function register(region: TestRegion, config: Record<string, unknown> = {}) {
  const source = await TestSource.make();
  const { config: parsed, secret } = source.offered('', config);
  return { source, sourceId: await region.addSource(parsed, secret!) };
}

const noReport = { files: 0, folders: 0, symlinks: 0, skipped: [], skippedCount: 0 };
const endings = ['complete', 'partial', 'failed', 'cancelled'];
async function ended(region: TestRegion, id: string) {
  await vi.waitFor(async () => expect(endings).toContain((await region.job(id)).status), {
    timeout: 30_000,
    interval: 30,
  });
  const job = await region.job(id);
  return { job, status: job.status, report: JobReport.parse(job.report ?? noReport) };
}

async function backUp(region: TestRegion, sourceId: string, spec: Partial<BackupSpec> = {}) {
  const end = await ended(region, await region.queueBackup(sourceId, spec));
  return { ...end, pointId: end.job.pointId! };
}

type Restore = Partial<RestoreSpec> & { prefix?: string };
async function restore(
  region: TestRegion,
  pointId: string,
  sourceId: string,
  { prefix = '', ...spec }: Restore = {},
) {
  const destination = { kind: 'oss' as const, sourceId, prefix };
  return ended(region, await region.queueRestore(pointId, { destination, ...spec }));
}

const large = noise(21_000_000, 3);
async function fill(source: TestSource) {
  for (const key of [...oddKeys, ...dotKeys]) await source.put(key, `content of ${key}`);
  await source.put('empty', '');
  await source.put('large.bin', large);
  await source.put('text.txt', prose(600_000, 1), {
    ContentType: 'text/plain; charset=utf-8',
    ContentEncoding: 'identity',
    ContentDisposition: 'attachment; filename="a.txt"',
    ContentLanguage: 'de',
    CacheControl: 'max-age=60',
    Expires: new Date('2030-01-01T00:00:00Z'),
    Metadata: { owner: 'finance', note: 'two words' },
    Tagging: 'team=red&stage=one%20two',
  });
}

/** Its good standing, its vault's bytes and keys. */
async function loseAccount({ accountId, vaultId }: { accountId: string; vaultId: string }) {
  await owner.update(accounts).set({ state: 'suspended' }).where(eq(accounts.accountId, accountId));
  for (const zone of engine.vaults.storage.zonesIn('cn-hangzhou')) {
    const store = zone.vaultStore(vaultId);
    const { objects } = await store.list('');
    expect(objects.length).toBeGreaterThan(0);
    for (const { name } of objects) await store.delete(name);
  }
}

test('a bucket is backed up, replicated, lost with its account, and restored into another one elsewhere', async () => {
  const world = await makeWorld(database, { environment: engine.vaults });
  const [a, b] = [
    await TestRegion.make(database, engine, world.source),
    await TestRegion.make(database, engine, world.target),
  ];
  const { source, sourceId } = await register(a);
  await fill(source);
  const before = await snapshotBucket(source.client, source.bucket);
  const made = await backUp(a, sourceId);
  const files = Object.keys(before).length;
  expect(made).toMatchObject({ status: 'complete', report: { files, skippedCount: 0 } });
  expect((await tick(world, b.accountId)).errors).toEqual([]);
  const copy = (await replicatedPoints(world)).get(made.pointId)!.targetPointId!;

  for (const Key of Object.keys(before))
    await source.client.send(new DeleteObjectCommand({ Bucket: source.bucket, Key }));
  await owner.execute(`update replications set state = 'stopped' where id = '${world.replicationId}'`);
  await loseAccount(world.source);

  const other = await register(b);
  const back = await restore(b, copy, other.sourceId);
  expect(back).toMatchObject({ status: 'complete', report: { files, skippedCount: 0 } });
  expect(await snapshotBucket(other.source.client, other.source.bucket)).toEqual(before);
});

describe('a second backup', () => {
  test('reads only what has changed, and takes new metadata, deletions and old bytes back', async () => {
    const region = await TestRegion.make(database, engine);
    const { source, sourceId } = await register(region);
    for (const key of ['a', 'b/c', 'b', 'gone']) await source.put(key, noise(5000, key.length));
    await source.put('large', large);
    expect(await backUp(region, sourceId)).toMatchObject({ status: 'complete', report: { files: 5 } });
    await source.put('a', 'new bytes');
    await source.put('b/c', noise(5000, 3), { ContentType: 'image/png' });
    await source.client.send(new DeleteObjectCommand({ Bucket: source.bucket, Key: 'gone' }));
    const second = await backUp(region, sourceId);
    expect(second).toMatchObject({ status: 'complete', report: { files: 4, unchangedFiles: 2 } });
    const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, second.pointId));
    expect(point!.addedBytes).toBeLessThan(50_000);
    const other = await register(region);
    await restore(region, second.pointId, other.sourceId);
    expect(await snapshotBucket(other.source.client, other.source.bucket)).toEqual(
      await snapshotBucket(source.client, source.bucket),
    );
  });

  test('of an unchanged bucket asks for no object', async () => {
    const region = await TestRegion.make(database, engine);
    const source = await TestSource.make();
    const line = await startLine(source.options.endpoint);
    const { config, secret } = source.offered('', { endpoint: line.endpoint });
    const sourceId = await region.addSource(config, secret!);
    for (let i = 0; i < 20; i++) await source.put(`folder-${i % 3}/object-${i}`, `bytes ${i}`);
    await backUp(region, sourceId);
    line.seen.length = 0;
    expect(await backUp(region, sourceId)).toMatchObject({ report: { files: 20, unchangedFiles: 20 } });
    expect(line.seen.filter((url) => !url.includes('list-type=2'))).toEqual([]);
  });
});

describe('what is protected', () => {
  test('is chosen by prefix and pattern', async () => {
    const region = await TestRegion.make(database, engine);
    const { source, sourceId } = await register(region, { excludes: ['*.tmp'] });
    for (const key of ['a/1', 'a/2.tmp', 'ab', 'b/3', 'c/keep.log', 'c/drop.log']) await source.put(key);
    const { pointId } = await backUp(region, sourceId, { paths: ['/a/', '/c/'], excludes: ['drop.*'] });
    const other = await register(region);
    await restore(region, pointId, other.sourceId);
    const found = await snapshotBucket(other.source.client, other.source.bucket);
    expect(Object.keys(found)).toEqual(['a/1', 'c/keep.log']);
  });

  test('is what a pattern of the backup takes of what the data source takes', async () => {
    const region = await TestRegion.make(database, engine);
    const { source, sourceId } = await register(region, { includes: ['*.log', '/b/'] });
    for (const key of ['a.log', 'a.txt', 'b/c.log', 'b/d.txt', 'keep/e.log']) await source.put(key);
    const { report, pointId } = await backUp(region, sourceId, { includes: ['*.txt', 'keep/'] });
    expect(report).toMatchObject({ files: 2 });
    const other = await register(region);
    await restore(region, pointId, other.sourceId);
    const found = await snapshotBucket(other.source.client, other.source.bucket);
    expect(Object.keys(found)).toEqual(['b/d.txt', 'keep/e.log']);
  });

  test('has its older versions listed where that is asked for, and current ones kept', async () => {
    const region = await TestRegion.make(database, engine);
    const { source, sourceId } = await register(region, { listsVersions: true });
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await source.client.send(
      new PutBucketVersioningCommand({ Bucket: source.bucket, VersioningConfiguration }),
    );
    for (const body of ['first', 'second one']) await source.put('a', body);
    await source.put('b');
    await source.client.send(new DeleteObjectCommand({ Bucket: source.bucket, Key: 'b' }));
    const { pointId, report } = await backUp(region, sourceId);
    expect(report).toMatchObject({ files: 1, notes: [expect.stringContaining('1 key has older versions')] });
    const other = await register(region);
    await restore(region, pointId, other.sourceId);
    const found = await other.source.client.send(
      new GetObjectCommand({ Bucket: other.source.bucket, Key: 'a' }),
    );
    expect(await found.Body!.transformToString()).toBe('second one');
  });
});

test('an OSS trial takes a bucket and gives it back', async () => {
  const { accountId, resourceGroupId } = await makeAccount(owner);
  const account = { accountId, resourceGroupId };
  const vaultId = await makeVault(engine.vaults, owner, account, { kind: 'trial_oss' });
  const region = await TestRegion.make(database, engine, { accountId, vaultId });
  const { source, sourceId } = await register(region);
  for (const key of ['a', 'b/c']) await source.put(key);
  const { pointId, status } = await backUp(region, sourceId);
  expect(status).toBe('complete');
  const other = await register(region);
  expect((await restore(region, pointId, other.sourceId)).status).toBe('complete');
  expect(await snapshotBucket(other.source.client, other.source.bucket)).toEqual(
    await snapshotBucket(source.client, source.bucket),
  );
});

describe('a restore', () => {
  let region: TestRegion;
  let pointId: string;
  beforeAll(async () => {
    region = await TestRegion.make(database, engine);
    const { source, sourceId } = await register(region);
    for (const key of ['a.txt', 'b/c.txt', 'd', 'k'.repeat(1023)]) await source.put(key, `backup of ${key}`);
    await source.put('large.bin', large);
    pointId = (await backUp(region, sourceId)).pointId;
  });

  /** A bucket where two of the objects are already. */
  async function occupied() {
    const { source, sourceId } = await register(region);
    await source.put('p/a.txt', 'mine');
    await source.put('p/large.bin', 'mine');
    const bodies = async () => {
      const found = await snapshotBucket(source.client, source.bucket, 'p/');
      return Object.keys(found).filter((key) => key.length < 100);
    };
    const isMine = async (key: string) => {
      const { Body } = await source.client.send(
        new GetObjectCommand({ Bucket: source.bucket, Key: `p/${key}` }),
      );
      return (await Body!.transformToString()) === 'mine';
    };
    return { sourceId, bodies, isMine };
  }

  test.each([
    ['overwrite', ['a.txt', 'b/c.txt', 'd', 'large.bin'], false, [2, 2, 0, 0]],
    ['skip', ['a.txt', 'b/c.txt', 'd', 'large.bin'], true, [2, 0, 2, 0]],
    ['only_if_newer', ['a.txt', 'b/c.txt', 'd', 'large.bin'], true, [2, 0, 2, 0]],
    [
      'keep_both',
      ['a (restored).txt', 'a.txt', 'b/c.txt', 'd', 'large (restored).bin', 'large.bin'],
      true,
      [2, 0, 0, 2],
    ],
  ] as const)(
    'with %s treats what is there so, and its dry run says so',
    async (conflictPolicy, keys, mine, counts) => {
      const there = await occupied();
      const spec = { prefix: 'p/', conflictPolicy };
      const dry = await restore(region, pointId, there.sourceId, { ...spec, isDryRun: true });
      const { created, overwritten, skipped, keptBoth } = dry.report.changes!;
      expect([created, overwritten, skipped, keptBoth].map(({ items }) => items)).toEqual(counts);
      expect(await there.bodies()).toEqual(['a.txt', 'large.bin']);
      const end = await restore(region, pointId, there.sourceId, spec);
      expect(end.report.skipped).toEqual([
        { path: 'k'.repeat(1023), reason: expect.stringContaining('1024') },
      ]);
      expect(await there.bodies()).toEqual(keys);
      expect([await there.isMine('a.txt'), await there.isMine('large.bin')]).toEqual([mine, mine]);
    },
  );

  test('of chosen items writes only those', async () => {
    const { source, sourceId } = await register(region);
    const selection = { mode: 'include' as const, paths: ['b', 'd'] };
    expect((await restore(region, pointId, sourceId, { selection })).status).toBe('complete');
    expect(Object.keys(await snapshotBucket(source.client, source.bucket))).toEqual(['b/c.txt', 'd']);
  });
});

describe('questions about a bucket', () => {
  const signal = new AbortController().signal;
  const log = pino({ level: 'silent' });
  const ask = (source: TestSource, changes: Record<string, unknown> = {}) => ({
    source: source.offered('', changes),
    folder: new ClientFolder('/nonexistent'),
    log,
    signal,
  });

  test('are answered: whether it can be read and written, what lies in it, which buckets there are', async () => {
    const source = await TestSource.make();
    for (const key of ['photos/2024/a.jpg', 'photos/b.jpg', 'top.txt', 'ü '])
      await source.put(key, `bytes of ${key}`);
    expect(await adapter.check(ask(source))).toMatchObject({
      isUsable: true,
      facts: [
        { label: 'Objects', value: '4' },
        { label: 'Versioning', value: 'Off' },
      ],
    });
    const list = async (path: string) =>
      (await adapter.list({ path, cursor: null }, ask(source))).entries.map((entry) => [
        entry.path,
        entry.name,
        entry.isFolder,
      ]);
    expect(await list('/')).toEqual([
      ['/photos/', 'photos', true],
      ['/top.txt', 'top.txt', false],
      ['/ü ', 'ü ', false],
    ]);
    expect(await list('/photos/')).toEqual([
      ['/photos/2024/', '2024', true],
      ['/photos/b.jpg', 'b.jpg', false],
    ]);
    expect((await list(bucketsPath)).map(([name]) => name)).toContain(source.bucket);
    expect(await adapter.destination!({ path: '/back/', cursor: null }, ask(source))).toMatchObject({
      isUsable: true,
    });
    const before = await snapshotBucket(source.client, source.bucket);
    expect(Object.keys(before)).toHaveLength(4);
  });

  test('say what is wrong with it', async () => {
    const source = await TestSource.make();
    const message = async (changes: Record<string, unknown>) =>
      (await adapter.check(ask(source, changes))).message;
    expect(await message({ bucket: 'no-such-bucket' })).toContain('does not exist');
    const careful = ossAdapter({ allowsPrivateEndpoints: false });
    expect(await careful.check(ask(source))).toMatchObject({
      isUsable: false,
      message: expect.stringContaining('CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS'),
    });
  });
});
