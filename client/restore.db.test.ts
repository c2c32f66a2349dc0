import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import { openPoint } from '@/lib/engine/gateway/open-point';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import type { RunningJob } from './jobs/run-job';
import { encodePath } from './restore/selection';
import { snapshot } from './testing/snapshot';
import { TestHost } from './testing/test-host';

const database = await testDatabase();
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());

let host: TestHost;
let source: string;
let pointId: string;
const encoded = (...names: string[]) =>
  encodePath([...source.split('/'), ...names].filter(Boolean).map((n) => Buffer.from(n)));

const contents: Record<string, Buffer | string> = {
  'a.txt': 'from the backup',
  'docs/one.txt': 'one',
  'docs/two.txt': 'two',
  'docs/deep/three.txt': 'three',
  'big.bin': randomBytes(12_000_000),
};
for (let i = 0; i < 30; i++) contents[`many/${i}`] = randomBytes(700_000);

beforeAll(async () => {
  host = await TestHost.enrolled(database, engine, fingerprint);
  source = host.at('source');
  for (const [name, bytes] of Object.entries(contents)) {
    await mkdir(join(source, name, '..'), { recursive: true });
    await writeFile(join(source, name), bytes);
  }
  await mkdir(join(source, 'empty'));
  pointId = String((await host.backup([source])).result!.summary.pointId);
});

async function namesBelow(folder: string): Promise<string[]> {
  return [...(await snapshot(folder))].filter(([, { type }]) => type !== 'dir').map(([name]) => name);
}

describe('a restore', () => {
  test('of chosen items brings them and nothing else, and says what is not there', async () => {
    const targetPath = host.newFolder('chosen');
    const paths = [encoded('docs', 'deep'), encoded('a.txt'), encoded('nowhere')];
    const end = await host.restore(pointId, { targetPath, selection: { mode: 'include', paths } });
    expect(end.outcome).toBe('partial');
    expect(end.result!.report.skipped).toEqual([
      { path: encoded('nowhere'), reason: 'not in the backup point' },
    ]);
    expect(await namesBelow(join(targetPath, source))).toEqual(['a.txt', 'docs/deep/three.txt']);
  });

  test('of all but some leaves them out, and counts what it will bring', async () => {
    const targetPath = host.newFolder('but');
    const paths = [encoded('many'), encoded('big.bin')];
    let total: number | null = null;
    const offer = await host.offerRestore(pointId, { targetPath, selection: { mode: 'exclude', paths } });
    const end = await host.start(offer, { onProgress: ({ bytesTotal }) => (total = bytesTotal) }).ended;
    expect(end.outcome).toBe('complete');
    expect(total).toBe('from the backup'.length + 'one'.length + 'two'.length + 'three'.length);
    expect(await namesBelow(join(targetPath, source))).toEqual([
      'a.txt',
      'docs/deep/three.txt',
      'docs/one.txt',
      'docs/two.txt',
    ]);
    expect((await readdir(join(targetPath, source))).includes('empty')).toBe(true);
  });

  describe('where something is already', () => {
    const only = () => ({ mode: 'include' as const, paths: [encoded('a.txt')] });
    const prepare = async (modifiedAt: Date) => {
      const targetPath = host.newFolder('conflict');
      const path = join(targetPath, source, 'a.txt');
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, 'already here');
      await utimes(path, modifiedAt, modifiedAt);
      return { targetPath, path };
    };
    const older = new Date('2001-01-01');
    const newer = new Date(Date.now() + 3_600_000);

    test.each([
      ['overwrite', newer, 'from the backup'],
      ['skip', older, 'already here'],
      ['only_if_newer', older, 'from the backup'],
      ['only_if_newer', newer, 'already here'],
    ] as const)('%s over one of %s leaves "%s"', async (conflictPolicy, modifiedAt, expected) => {
      const { targetPath, path } = await prepare(modifiedAt);
      const end = await host.restore(pointId, { targetPath, selection: only(), conflictPolicy });
      expect(end.outcome).toBe('complete');
      expect(await readFile(path, 'utf8')).toBe(expected);
    });

    test('skip does not fetch what it will not write', async () => {
      const targetPath = host.newFolder('again');
      await host.restore(pointId, { targetPath });
      const fetchedBefore = engine.env.metrics.chunkBytes;
      const out = async () =>
        (await fetchedBefore.get()).values.find(({ labels }) => labels.direction === 'out')!.value;
      const before = await out();
      const end = await host.restore(pointId, { targetPath, conflictPolicy: 'skip' });
      expect(end.result!.report.unchangedFiles).toBe(Object.keys(contents).length);
      expect((await out()) - before).toBeLessThan(20_000);
    });

    test('keep_both keeps both', async () => {
      const { targetPath, path } = await prepare(newer);
      await host.restore(pointId, { targetPath, selection: only(), conflictPolicy: 'keep_both' });
      const texts = await Promise.all(
        (await namesBelow(join(targetPath, source))).map((name) => readFile(join(path, '..', name), 'utf8')),
      );
      expect(texts.sort()).toEqual(['already here', 'from the backup']);
    });

    test('does not write through a link that leads out', async () => {
      const targetPath = host.newFolder('linked');
      const outside = host.newFolder('outside');
      await mkdir(join(targetPath, source, '..'), { recursive: true });
      await mkdir(outside);
      await symlink(outside, join(targetPath, source));
      await host.restore(pointId, { targetPath, conflictPolicy: 'overwrite' });
      expect(await readdir(outside)).toEqual([]);
      expect((await lstat(join(targetPath, source))).isDirectory()).toBe(true);
    });
  });

  test('into a place that cannot be used fails before anything is fetched, and says so', async () => {
    await writeFile(host.at('a file'), '');
    const end = await host.start(await host.offerRestore(pointId, { targetPath: host.at('a file', 'below') }))
      .ended;
    expect(end).toMatchObject({ outcome: 'failed', error: { reason: 'target_unusable' } });
  });

  test('goes on when the line is cut again and again', async () => {
    const targetPath = host.newFolder('cut');
    const ended = host.start(await host.offerRestore(pointId, { targetPath })).ended;
    for (let i = 0; i < 4; i++) {
      await host.proxy.afterReceived(6_000_000);
      host.proxy.cut();
    }
    expect((await ended).outcome).toBe('complete');
    expect(await snapshot(join(targetPath, source))).toEqual(await snapshot(source));
  });

  test('is cancelled between two files', async () => {
    const targetPath = host.newFolder('cancelled');
    const offer = await host.offerRestore(pointId, { targetPath });
    const midway = host.proxy.afterReceived(9_000_000);
    const job = host.start(offer);
    await midway;
    job.cancel();
    expect((await job.ended).outcome).toBe('cancelled');
    const [row] = await database.owner.select().from(jobs).where(eq(jobs.id, offer.jobId));
    expect(row!.status).toBe('cancelled');
    const left = await namesBelow(targetPath);
    expect(left.filter((name) => name.includes('.crossvault-restore'))).toEqual([]);
    for (const name of left) expect((await lstat(join(targetPath, name))).size).toBeGreaterThan(0);
  });

  test('that was stopped with its process goes on, and does not keep both of what it had done', async () => {
    const targetPath = host.newFolder('resumed');
    const offer = await host.offerRestore(pointId, { targetPath, conflictPolicy: 'keep_both' });
    const job: RunningJob = host.start(offer, {
      progressEveryMs: 1,
      onProgress: ({ itemsDone }) => itemsDone >= 6 && job.interrupt(),
    });
    expect((await job.ended).outcome).toBe('interrupted');
    const doneBefore = (await namesBelow(join(targetPath, source))).length;
    expect(doneBefore).toBeGreaterThan(5);
    expect(doneBefore).toBeLessThan(Object.keys(contents).length);
    await database.owner.update(jobs).set({ attempt: 2 }).where(eq(jobs.id, offer.jobId));
    const end = await host.start({ ...offer, attempt: 2 }).ended;
    expect(end.outcome).toBe('complete');
    expect(await snapshot(join(targetPath, source))).toEqual(await snapshot(source));
    expect(await readdir(host.folder.file('restores'))).toEqual([]);
  });

  test('with a damaged pack brings every other file and names those that are lost', async () => {
    const other = await TestHost.enrolled(database, engine, fingerprint);
    const folder = other.at('source');
    await mkdir(join(folder, 'x'), { recursive: true });
    for (let i = 0; i < 60; i++) await writeFile(join(folder, 'x', String(i)), randomBytes(900_000));
    const point = String((await other.backup([folder])).result!.summary.pointId);
    const damaged = await damageLargestPack(other, point);
    const targetPath = other.newFolder('damaged');
    const end = await other.restore(point, { targetPath });
    expect(end.outcome).toBe('partial');
    const { skipped, files } = end.result!.report;
    expect(skipped.length).toBeGreaterThan(0);
    expect(skipped.length).toBeLessThan(60);
    expect(files).toBe(60 - skipped.length);
    expect(skipped.every(({ path }) => path.includes('/x/'))).toBe(true);
    const after = await snapshot(join(targetPath, folder));
    for (const [name, seen] of await snapshot(folder))
      if (after.has(name) && seen.type === 'file') expect(after.get(name)).toEqual(seen);
    expect(damaged).toBeTruthy();
  });
});

/** Cuts the biggest data pack of a point short on disk. */
async function damageLargestPack(of: TestHost, point: string): Promise<string> {
  const open = await openPoint(engine.vaults, of.accountId, point);
  const names: Uint8Array[] = [];
  const reader = new TreeReader(open.load);
  for await (const { entry } of reader.walk(open.rootPage)) {
    if (entry.type !== 'file') continue;
    for await (const chunk of reader.chunks(entry.content)) names.push(chunk.name);
  }
  const locations = await open.vault.index(open.lineage).lookup(names);
  const packs = locations.map((location) => location!.pack).sort((a, b) => b.sizeBytes - a.sizeBytes);
  const largest = packs[0]!.objectName;
  const path = (await readdir(engine.vaults.dataFolder, { recursive: true })).find((name) =>
    name.endsWith(largest),
  )!;
  await truncate(join(engine.vaults.dataFolder, path), 100_000);
  return path;
}
