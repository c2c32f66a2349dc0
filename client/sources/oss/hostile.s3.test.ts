import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { noise } from '@/lib/engine/core/test-bytes';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { JobReport } from '@/lib/jobs/schemas';
import { snapshotBucket } from '../../testing/oss/bucket-snapshot';
import { type Meddle, startLine } from '../../testing/oss/line';
import { TestSource } from '../../testing/oss/test-source';
import { startTestMover, type TestMover, TestRegion } from '../../testing/test-region';
import { ossAdapter } from './adapter';
import { currentObjects, versionedObjects } from './list-pages';
import type { ListPage } from './listed-object';
import { readPart } from './read-object';
import { listInTreeOrder } from './tree-order';

const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());

const noReport = { files: 0, folders: 0, symlinks: 0, skipped: [], skippedCount: 0 };
const lines: Awaited<ReturnType<typeof startLine>>[] = [];
const movers: TestMover[] = [];
afterEach(async () => {
  for (const mover of movers.splice(0)) await mover.stop();
  for (const line of lines.splice(0)) await line.close();
});

/** A bucket behind a line that is meddled with, as a data source of an account with a mover. */
async function world(meddle: Meddle, patienceMs = 10_000) {
  const source = await TestSource.make();
  const line = await startLine(source.options.endpoint, meddle);
  lines.push(line);
  const region = await TestRegion.make(database, engine);
  const { config, secret } = source.offered('', { endpoint: line.endpoint });
  const sourceId = await region.addSource(config, secret!);
  const adapter = ossAdapter({ allowsPrivateEndpoints: true, patienceMs });
  const startMover = async () => {
    const mover = await startTestMover(engine, fingerprint, { adapters: () => Promise.resolve(adapter) });
    movers.push(mover);
    return mover;
  };
  const ended = async (id: string) => {
    await vi.waitFor(
      async () =>
        expect(['complete', 'partial', 'failed', 'cancelled']).toContain((await region.job(id)).status),
      { timeout: 30_000, interval: 30 },
    );
    const job = await region.job(id);
    return { ...job, report: JobReport.parse(job.report ?? noReport) };
  };
  const backUp = async () => {
    if (movers.length === 0) await startMover();
    return ended(await region.queueBackup(sourceId));
  };
  const restore = async (pointId: string) => {
    const destination = { kind: 'oss' as const, sourceId, prefix: 'back/' };
    return ended(await region.queueRestore(pointId, { destination }));
  };
  return { source, line, region, sourceId, startMover, ended, backUp, restore };
}

const isRead = (request: { method?: string; url?: string }, key: string) =>
  request.method === 'GET' && request.url?.split('?')[0]?.endsWith(`/${key}`);

async function keysOf(listPage: ListPage): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of listInTreeOrder(listPage)) keys.push(key.toString());
  return keys;
}

describe('a server that does not keep to the protocol', () => {
  async function disturbed(meddle: Meddle, keys = ['a', 'b', 'c']) {
    const source = await TestSource.make();
    for (const key of keys) await source.put(key);
    const line = await startLine(source.options.endpoint, meddle);
    lines.push(line);
    return source.open({ endpoint: line.endpoint, patienceMs: 0, silenceMs: 1000 });
  }
  const rewrite =
    (change: (body: string) => string): Meddle =>
    () =>
    (answer) => {
      answer.body = Buffer.from(change(answer.body.toString()));
      const { 'transfer-encoding': _, ...headers } = answer.headers;
      answer.headers = { ...headers, 'content-length': String(answer.body.length) };
    };

  test.each([
    ['a listing without end', (body: string) => body.replace('<IsTruncated>false', '<IsTruncated>true'), 'a'],
    ['keys out of order', (body: string) => body.replace('<Key>c<', '<Key>A<'), 'a'],
    [
      'a truncated page of nothing',
      () => '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>',
      '',
    ],
    ['a key that is none', (body: string) => body.replace('<Key>b<', '<Key><'), 'a'],
  ])('is found out by %s', async (_, change) => {
    const bucket = await disturbed(rewrite(change));
    await expect(keysOf(currentObjects(bucket))).rejects.toMatchObject({ reason: 'list_makes_no_sense' });
  });

  test('is found out by a listing of versions that goes round', async () => {
    const bucket = await disturbed(
      rewrite((body) =>
        body.replace(
          /<IsTruncated>false<\/IsTruncated>/,
          '<IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>',
        ),
      ),
    );
    await expect(keysOf(versionedObjects(bucket))).rejects.toMatchObject({ reason: 'list_makes_no_sense' });
  });

  const listed = {
    key: Buffer.from('a'),
    sizeBytes: 1,
    etag: '0cc175b9c0f1b6a831c399e269772661',
    modifiedAtMs: 0,
  };
  test.each([
    ['another size', { ...listed, sizeBytes: 3 }, () => 'pass' as const, 'object_changed'],
    [
      'another etag',
      listed,
      () => (answer: { headers: Record<string, unknown> }) => {
        answer.headers.etag = '"x"';
      },
      'object_changed',
    ],
    [
      'more bytes than it says',
      listed,
      () => (answer: { headers: Record<string, unknown>; body: Buffer }) => {
        delete answer.headers['content-length'];
        answer.body = Buffer.alloc(1_000_000);
      },
      'object_changed',
    ],
    [
      'fewer bytes than it says',
      listed,
      () => (answer: { headers: Record<string, unknown>; body: Buffer }) => {
        delete answer.headers['content-length'];
        answer.body = Buffer.alloc(0);
      },
      'body_cut',
    ],
  ])('is found out by %s of an object', async (_, object, meddle, reason) => {
    const bucket = await disturbed(meddle as Meddle);
    await expect(readPart(bucket, object, 0)).rejects.toMatchObject({ reason });
  });

  test('leads nobody elsewhere: a redirect to another address is refused and not followed', async () => {
    let visits = 0;
    const elsewhere = await startLine('http://127.0.0.1:9', (_, response) => {
      visits++;
      response.end();
      return 'answered';
    });
    lines.push(elsewhere);
    for (const status of [301, 302, 307, 308]) {
      const bucket = await disturbed((_, response) => {
        response.writeHead(status, { location: `${elsewhere.endpoint}/latest/meta-data` });
        response.end();
        return 'answered';
      });
      await expect(keysOf(currentObjects(bucket))).rejects.toMatchObject({ reason: 'bucket_elsewhere' });
    }
    expect(visits).toBe(0);
  });
});

describe('a backup', () => {
  test('notes what was replaced and what was deleted after the listing', async () => {
    let changing: Promise<unknown> | null = null;
    const meddle: Meddle = async ({ method, url }): Promise<'pass'> => {
      if (method !== 'GET' || url!.includes('list-type')) return 'pass';
      changing ??= Promise.all([
        source.put('replaced', 'the newer one'),
        source.client.send(new DeleteObjectCommand({ Bucket: source.bucket, Key: 'vanished' })),
      ]);
      await changing;
      return 'pass';
    };
    const { source, backUp } = await world(meddle);
    for (const key of ['kept', 'replaced', 'vanished']) await source.put(key, `old ${key}`);
    const job = await backUp();
    expect(job).toMatchObject({ status: 'complete', report: { files: 2 } });
    expect(job.report.notes!.sort()).toEqual([
      'replaced changed while the backup ran; the newer object was taken.',
      'vanished vanished while the job ran and is not in it.',
    ]);
  });

  test('waits for a server that is away or asks to slow down, and for a cut line', async () => {
    let asked = 0;
    const { source, backUp, restore } = await world((request, response) => {
      asked++;
      if (asked % 3 === 0) {
        response.writeHead(503, { 'content-type': 'application/xml' });
        response.end('<Error><Code>SlowDown</Code></Error>');
        return 'answered';
      }
      if (asked % 7 === 0) {
        request.socket.destroy();
        return 'answered';
      }
      return 'pass';
    });
    for (let i = 0; i < 8; i++) await source.put(`object-${i}`, noise(100_000, i));
    const before = await snapshotBucket(source.client, source.bucket);
    const job = await backUp();
    expect(job).toMatchObject({ status: 'complete', report: { files: 8 } });
    expect(await restore(job.pointId!)).toMatchObject({ status: 'complete', report: { files: 8 } });
    expect(await snapshotBucket(source.client, source.bucket, 'back/')).toEqual(before);
  });

  test('that another mover takes over reads again only what the first had not read', async () => {
    let isHeld = true;
    const { source, region, sourceId, startMover, ended, line } = await world((request) => {
      if (isHeld && isRead(request, 'z-last')) return 'answered';
      return 'pass';
    });
    for (let i = 0; i < 4; i++) await source.put(`part-${i}`, noise(9_000_000, i));
    await source.put('z-last', 'the end');
    const first = await startMover();
    const id = await region.queueBackup(sourceId);
    await vi.waitFor(async () => expect((await region.job(id)).bytesDone).toBe(36_000_000), {
      timeout: 30_000,
      interval: 50,
    });
    await first.stop();
    isHeld = false;
    line.seen.length = 0;
    await owner
      .update(jobs)
      .set({ heartbeatAt: new Date(Date.now() - 60_000) })
      .where(eq(jobs.id, id));
    const second = await startTestMover(engine, fingerprint, {
      adapters: () => Promise.resolve(ossAdapter({ allowsPrivateEndpoints: true })),
      folder: first.folder,
    });
    movers.push(second);
    expect(await ended(id)).toMatchObject({ status: 'complete', attempt: 2, report: { files: 5 } });
    expect(line.seen.filter((url) => url.includes('/part-')).length).toBeLessThan(4);
  });

  test('that is cancelled stops asking', async () => {
    const { source, region, sourceId, startMover, ended, line } = await world((request) =>
      isRead(request, 'b') ? 'answered' : 'pass',
    );
    for (const key of ['a', 'b', 'c']) await source.put(key);
    await startMover();
    const id = await region.queueBackup(sourceId);
    await vi.waitFor(() => expect(line.seen.some((url) => /\/b(\?|$)/.test(url))).toBe(true), {
      timeout: 20_000,
      interval: 20,
    });
    await owner.update(jobs).set({ cancelRequestedAt: new Date() }).where(eq(jobs.id, id));
    expect((await ended(id)).status).toBe('cancelled');
  });

  test('leaves out what the key may not read, and fails where it may read nothing', async () => {
    let denied = ['b'];
    const { source, backUp } = await world((request, response) => {
      if (!denied.some((key) => isRead(request, key))) return 'pass';
      response.writeHead(403, { 'content-type': 'application/xml' });
      response.end('<Error><Code>AccessDenied</Code></Error>');
      return 'answered';
    });
    for (const key of ['a', 'b']) await source.put(key);
    expect(await backUp()).toMatchObject({
      status: 'partial',
      report: { files: 1, skipped: [{ path: 'b' }] },
    });
    await source.put('a', 'changed');
    denied = ['a', 'b'];
    expect(await backUp()).toMatchObject({ status: 'failed', errorCode: 'forbidden' });
  });
});

describe('a restore', () => {
  test('to a server that keeps other bytes says which objects are not there', async () => {
    const { source, backUp, restore } = await world((request) => {
      if (request.method !== 'PUT' || !request.url!.includes('back/bad')) return 'pass';
      return (answer) => {
        answer.headers = { ...answer.headers, etag: '"00000000000000000000000000000000"' };
      };
    });
    for (const key of ['bad', 'good']) await source.put(key);
    const { pointId } = await backUp();
    expect(await restore(pointId!)).toMatchObject({
      status: 'partial',
      report: { files: 1, skipped: [{ path: 'bad', reason: expect.stringContaining('other bytes') }] },
    });
  });

  test('with a key that may not write fails with what to do', async () => {
    const { source, backUp, restore } = await world((request, response) => {
      if (request.method !== 'PUT') return 'pass';
      response.writeHead(403, { 'content-type': 'application/xml' });
      response.end('<Error><Code>AccessDenied</Code></Error>');
      return 'answered';
    });
    await source.put('a');
    const { pointId } = await backUp();
    expect(await restore(pointId!)).toMatchObject({
      status: 'failed',
      errorCode: 'forbidden',
      errorMessage: expect.stringContaining('a restore needs to write objects'),
    });
  });
});
