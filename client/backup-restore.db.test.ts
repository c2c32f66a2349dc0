import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { backupPoints, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { posixCalls } from '@/lib/engine/core/posix/calls';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import type { JobOffer } from '@/lib/engine/wire';
import type { JobEnd } from './jobs/run-job';
import { createHardTree } from './testing/hard-tree';
import { snapshot } from './testing/snapshot';
import { TestHost } from './testing/test-host';

const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());

const newHost = () => TestHost.enrolled(database, engine, fingerprint);
const pointOf = (end: JobEnd) => String(end.result!.summary.pointId);
const jobRow = async ({ jobId }: JobOffer) => (await owner.select().from(jobs).where(eq(jobs.id, jobId)))[0]!;
const pointsOf = (host: TestHost) =>
  owner.select().from(backupPoints).where(eq(backupPoints.vaultId, host.vaultId));
/** Past the clock tick in which files are not yet trusted. */
const settle = async (...paths: string[]) => {
  for (const path of paths) {
    const { ctimeMs } = await stat(path);
    await vi.waitUntil(() => Date.now() - ctimeMs > 40, { interval: 5 });
  }
};

async function writeFiles(folder: string, files: Record<string, Buffer | string>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}

describe('a hard tree', () => {
  const links = posixCalls ? 5 : 4;
  let host: TestHost;
  let source: string;
  let first: JobEnd;

  beforeAll(async () => {
    host = await newHost();
    source = host.at('source');
    await mkdir(source);
    await createHardTree(source);
    await settle(join(source, 'docs'));
    first = await host.backup([source]);
  });

  test('is backed up whole', async () => {
    expect(first).toMatchObject({
      outcome: 'complete',
      result: { report: { skippedCount: 0, symlinks: links } },
    });
    const [point] = await pointsOf(host);
    const seen = await snapshot(source);
    const files = [...seen.values()].filter(({ type }) => type === 'file');
    expect(point).toMatchObject({
      id: pointOf(first),
      paths: [source],
      sourceBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    });
  });

  test('comes back the same below its full path: bytes, modes, owners, times, links, empty folders', async () => {
    const target = host.newFolder('restored');
    const end = await host.restore(pointOf(first), { targetPath: target });
    expect(end).toMatchObject({
      outcome: 'complete',
      result: { report: { skippedCount: 0, symlinks: links } },
    });
    expect(await snapshot(join(target, source))).toEqual(await snapshot(source));
  });

  test('has its hard links again', async () => {
    const target = host.newFolder('restored');
    await host.restore(pointOf(first), { targetPath: target });
    const inodes = await Promise.all(
      ['links/hard 1', 'links/hard 2', 'docs/hard 3'].map(
        async (name) => (await stat(join(target, source, name))).ino,
      ),
    );
    expect(new Set(inodes).size).toBe(1);
  });

  test('that did not change is not read again, and sends no more than the folders above it', async () => {
    const second = await host.backup([source]);
    const { summary, report } = second.result!;
    expect(summary.readBytes).toBe(0);
    expect(Number(summary.sentBytes)).toBeLessThan(1000);
    expect(report).toEqual({ ...first.result!.report, unchangedFiles: first.result!.report.files });
  });

  test('without its cache is read once, names of one file too, and still sends no data', async () => {
    await rm(host.folder.file('cache'), { recursive: true });
    const { summary } = (await host.backup([source])).result!;
    const { size, blocks } = await stat(join(source, 'large/sparse.bin'));
    const holes = posixCalls ? size - blocks * 512 : 0;
    expect(summary.readBytes).toBe(Number(summary.sourceBytes) - 2 * 'three names'.length - holes);
    expect(Number(summary.sentBytes)).toBeLessThan(1000);
  });
});

describe('a changed source', () => {
  test('sends new chunks only: of a large file the neighbourhood of the change', async () => {
    const host = await newHost();
    const source = host.at('source');
    const large = randomBytes(24 * 1024 * 1024);
    await writeFiles(source, { 'large.bin': large, 'same.bin': randomBytes(100_000), 'a/b.txt': 'b' });
    await settle(join(source, 'a/b.txt'));
    await host.backup([source]);
    const middle = large.length / 2;
    const changed = Buffer.concat([
      large.subarray(0, middle),
      Buffer.from('inserted'),
      large.subarray(middle),
    ]);
    await writeFiles(source, { 'large.bin': changed, 'a/new.txt': 'new' });
    await settle(join(source, 'large.bin'));
    const end = await host.backup([source]);
    const { readBytes, sentBytes } = end.result!.summary;
    expect(readBytes).toBe(changed.length + 3);
    expect(sentBytes).toBeGreaterThan(0);
    expect(sentBytes).toBeLessThan(9 * 1024 * 1024);
    const target = host.newFolder('restored');
    await host.restore(pointOf(end), { targetPath: target });
    expect(await snapshot(join(target, source))).toEqual(await snapshot(source));
  });

  test('keeps a renamed file without sending it, and loses a deleted one', async () => {
    const host = await newHost();
    const source = host.at('source');
    await writeFiles(source, { 'a.bin': randomBytes(3_000_000), 'b.bin': randomBytes(10) });
    await settle(join(source, 'b.bin'));
    await host.backup([source]);
    await rename(join(source, 'a.bin'), join(source, 'z.bin'));
    await rm(join(source, 'b.bin'));
    const end = await host.backup([source]);
    expect(Number(end.result!.summary.sentBytes)).toBeLessThan(2000);
    const target = host.newFolder('restored');
    await host.restore(pointOf(end), { targetPath: target });
    expect([...(await snapshot(join(target, source))).keys()]).toEqual(['', 'z.bin']);
  });

  test('of the same size with its old time set back is noticed', async () => {
    const host = await newHost();
    const source = host.at('source');
    await writeFiles(source, { 'a.txt': 'one' });
    const { atime, mtime } = await stat(join(source, 'a.txt'));
    await settle(join(source, 'a.txt'));
    await host.backup([source]);
    await writeFiles(source, { 'a.txt': 'two' });
    await utimes(join(source, 'a.txt'), atime, mtime);
    const end = await host.backup([source]);
    expect(end.result!.summary.readBytes).toBe(3);
  });

  test('leaves out what is excluded', async () => {
    const host = await newHost();
    const source = host.at('source');
    await writeFiles(source, {
      'keep.txt': '1',
      'drop.tmp': '2',
      'node_modules/x/y.js': '3',
      'sub/drop.tmp': '4',
    });
    const end = await host.backup([source], ['*.tmp', 'node_modules/']);
    expect(end.result!.report).toMatchObject({ files: 1, skippedCount: 0 });
  });
});

describe('what cannot be read', () => {
  // Reading a process's memory from its start fails with EIO, for root too.
  const unreadable = `/proc/${process.pid}/mem`;

  test('is reported, and the rest is backed up', async () => {
    const host = await newHost();
    const source = host.at('source');
    await writeFiles(source, { 'a.txt': 'a' });
    const offer = await host.offerBackup([source, unreadable]);
    const end = await host.start(offer).ended;
    expect(end.outcome).toBe('partial');
    expect(end.result!.report.skipped).toEqual([{ path: unreadable, reason: 'the disk could not read it' }]);
    expect(await jobRow(offer)).toMatchObject({ status: 'partial', report: { skippedCount: 1 } });
  });

  test('and is all there is makes no point and says so', async () => {
    const host = await newHost();
    const end = await host.start(await host.offerBackup([host.at('missing')])).ended;
    expect(end).toMatchObject({ outcome: 'failed', error: { code: 'not_found' } });
    expect(await pointsOf(host)).toEqual([]);
  });
});

describe('a backup that is disturbed', () => {
  async function bigSource(host: TestHost): Promise<string> {
    const source = host.at('source');
    const files: Record<string, Buffer> = {};
    for (let i = 0; i < 40; i++) files[`folder ${i % 4}/file ${i}`] = randomBytes(1_000_000 + i);
    await writeFiles(source, files);
    await settle(...Object.keys(files).map((name) => join(source, name)));
    return source;
  }

  test('is cancelled from the console: no point, and the next one works', async () => {
    const host = await newHost();
    const source = await bigSource(host);
    const offer = await host.offerBackup([source]);
    const midway = host.proxy.afterBytes(10_000_000);
    const job = host.start(offer);
    await midway;
    await owner.update(jobs).set({ cancelRequestedAt: new Date() }).where(eq(jobs.id, offer.jobId));
    expect((await job.ended).outcome).toBe('cancelled');
    expect((await jobRow(offer)).status).toBe('cancelled');
    expect(await pointsOf(host)).toEqual([]);
    expect((await host.backup([source])).outcome).toBe('complete');
  });

  test('goes on when the line is cut again and again', async () => {
    const host = await newHost();
    const source = await bigSource(host);
    const ended = host.start(await host.offerBackup([source])).ended;
    for (let i = 0; i < 5; i++) {
      await host.proxy.afterBytes(4_000_000);
      host.proxy.cut();
    }
    const end = await ended;
    expect(end.outcome).toBe('complete');
    const target = host.newFolder('restored');
    await host.restore(pointOf(end), { targetPath: target });
    expect(await snapshot(join(target, source))).toEqual(await snapshot(source));
  });

  test('goes on at another engine when the first dies with what it had not made durable', async () => {
    const host = await newHost();
    const source = await bigSource(host);
    const ended = host.start(await host.offerBackup([source])).ended;
    await host.proxy.afterBytes(20_000_000);
    // The first engine stays deaf from here on, its open packs with it, as after kill -9.
    const second = await TestGateway.over(engine.vaults);
    onTestFinished(() => second.stop());
    host.proxy.isDown = true;
    host.proxy.cut();
    host.proxy.target = second.gateway.port;
    host.proxy.isDown = false;
    const end = await ended;
    if (end.error) throw end.error;
    expect(end.outcome).toBe('complete');
    const target = host.newFolder('restored');
    await host.restore(pointOf(end), { targetPath: target });
    expect(await snapshot(join(target, source))).toEqual(await snapshot(source));
  });

  test('and stopped with its process goes on under the next attempt without reading all again', async () => {
    const host = await newHost();
    const source = await bigSource(host);
    const offer = await host.offerBackup([source]);
    const midway = host.proxy.afterBytes(24_000_000);
    const job = host.start(offer);
    await midway;
    job.interrupt();
    expect((await job.ended).outcome).toBe('interrupted');
    expect(await jobRow(offer)).toMatchObject({ status: 'running' });
    await owner.update(jobs).set({ attempt: 2 }).where(eq(jobs.id, offer.jobId));
    const end = await host.start({ ...offer, attempt: 2 }).ended;
    expect(end.outcome).toBe('complete');
    const { readBytes, sourceBytes } = end.result!.summary;
    expect(Number(readBytes)).toBeLessThan(Number(sourceBytes) - 8_000_000);
    const target = host.newFolder('restored');
    await host.restore(pointOf(end), { targetPath: target });
    expect(await snapshot(join(target, source))).toEqual(await snapshot(source));
  });

  test('whose attempt was taken over leaves the job alone', async () => {
    const host = await newHost();
    const source = await bigSource(host);
    const offer = await host.offerBackup([source]);
    const midway = host.proxy.afterBytes(5_000_000);
    const job = host.start(offer);
    await midway;
    await owner.update(jobs).set({ attempt: 2 }).where(eq(jobs.id, offer.jobId));
    expect((await job.ended).outcome).toBe('interrupted');
    expect(await jobRow(offer)).toMatchObject({ status: 'running', attempt: 2 });
  });

  test('says which file changed while it was read, and keeps it', async () => {
    const host = await newHost();
    const source = host.at('source');
    await writeFiles(source, { 'log.bin': randomBytes(60_000_000) });
    let isOver = false;
    const appending = (async () => {
      while (!isOver) {
        await appendFile(join(source, 'log.bin'), 'line\n');
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const end = await host.backup([source]);
    isOver = true;
    await appending;
    expect(end).toMatchObject({
      outcome: 'partial',
      result: { report: { files: 1, skipped: [{ reason: 'changed while it was read; kept as read' }] } },
    });
    const target = host.newFolder('restored');
    expect((await host.restore(pointOf(end), { targetPath: target })).outcome).toBe('complete');
  });
});
