import { createHash, randomBytes } from 'node:crypto';
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testBucket } from '@/lib/testing/radosgw/test-bucket';
import { describeStore } from '../test-store';
import { s3Presets } from './presets';
import { type BucketAddress, createS3Client } from './s3-client';
import { S3Store, type S3StoreOptions } from './s3-store';
import { type Disturbance, startDisturber } from './test-disturber';

let bucket: BucketAddress;
beforeAll(async () => {
  bucket = await testBucket();
});

function open(given: Partial<S3StoreOptions> = {}, address: Partial<BucketAddress> = {}, silenceMs?: number) {
  const requests: string[] = [];
  const client = createS3Client(
    { ...bucket, ...address },
    ({ kind, outcome }) => requests.push(`${kind} ${outcome}`),
    silenceMs,
  );
  const prefix = `${randomBytes(6).toString('hex')}/`;
  const { bucket: name } = { ...bucket, ...address };
  const store = new S3Store({ client, bucket: name, prefix, abilities: s3Presets.radosgw, ...given });
  return { store, client, prefix: given.prefix ?? prefix, requests };
}

describeStore('S3Store', async () => open().store);

const pack = randomBytes(5_500_000);
const packName = (bytes: Buffer) => {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return `packs/${sha256.slice(0, 2)}/${sha256}`;
};
const inParts = { multipartBytes: 5_300_000, partBytes: 5 * 1024 * 1024 };

describe('a pack', () => {
  it('above a size travels in parts and is there as a whole', async () => {
    const { store, requests } = open(inParts);
    expect(await store.putIfAbsent(packName(pack), pack)).toBe('created');
    expect(requests.filter((request) => request === 'UploadPart ok')).toHaveLength(2);
    expect(Buffer.from(await store.get(packName(pack))).equals(pack)).toBe(true);
    expect(await store.putIfAbsent(packName(pack), pack)).toBe('exists');
  });

  it('of usual size costs one request, which the counter tells by kind', async () => {
    const { store, requests } = open();
    await store.putIfAbsent(packName(pack), pack);
    await store.get(packName(pack), { offset: 10, length: 100 });
    expect(requests).toEqual(['PutObject ok', 'GetObject ok']);
  });
});

it('deletes many at once', async () => {
  const { store, requests } = open();
  for (const name of ['a/1', 'a/2', 'b']) await store.putIfAbsent(name, Buffer.from(name));
  await store.deleteMany(['a/1', 'a/2', 'a/never']);
  expect((await store.list('')).objects.map(({ name }) => name)).toEqual(['b']);
  expect(requests.filter((request) => request.startsWith('DeleteObject'))).toEqual(['DeleteObjects ok']);
});

it('ends uploads that were begun and never completed', async () => {
  const { store, client, prefix } = open();
  await client.send(new CreateMultipartUploadCommand({ Bucket: bucket.bucket, Key: `${prefix}packs/00/x` }));
  expect(await store.sweepUnfinished(new Date(0))).toBe(0);
  expect(await store.sweepUnfinished(new Date(Date.now() + 60_000))).toBe(1);
});

describe('what cannot work says why', () => {
  it.each([
    ['a bucket that does not exist', { bucket: 'no-such-bucket' }, /the bucket does not exist/],
    [
      'a wrong secret',
      { credentials: { accessKeyId: 'x', secretAccessKey: 'y' } },
      /refuses the credentials/,
    ],
    ['a server that is not there', { endpoint: 'http://127.0.0.1:9' }, /did not answer/],
  ])('%s', async (_, address, why) => {
    const { store } = open({}, address);
    const error = await store.putIfAbsent('x', Buffer.from('x')).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'storage_unavailable', message: expect.stringMatching(why) });
    expect(error.message).not.toMatch(/127\.0\.0\.1/);
  });

  it('an endpoint on this machine that the operator has not allowed', () => {
    expect(() => open({}, { allowsPrivateEndpoint: false })).toThrow(/private network/);
  });
});

describe('through a disturbed line', () => {
  const closers: (() => Promise<void>)[] = [];
  afterAll(() => Promise.all(closers.map((close) => close())));

  async function disturbed(
    plan: (request: { method: string; number: number }) => Disturbance,
    silenceMs = 1000,
  ) {
    const line = await startDisturber(bucket.endpoint, plan);
    closers.push(line.close);
    return { ...open({ deadlineMs: 15_000 }, { endpoint: line.endpoint }, silenceMs), line };
  }
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

  it('errors of the server are tried again', async () => {
    const { store } = await disturbed(({ number }) => (number % 2 === 0 ? 'error' : 'pass'));
    expect(await store.putIfAbsent('x', Buffer.from('bytes'))).toBe('created');
    expect(text(await store.get('x'))).toBe('bytes');
    expect((await store.list('')).objects).toHaveLength(1);
  });

  it('a put whose answer is lost has happened, and the repetition finds it', async () => {
    const { store } = await disturbed(({ method, number }) =>
      method === 'PUT' && number === 0 ? 'lose_answer' : 'pass',
    );
    expect(await store.putIfAbsent('x', Buffer.from('bytes'))).toBe('exists');
    expect(text(await store.get('x'))).toBe('bytes');
  });

  it('a body that ends early is read again, never handed out', async () => {
    const { store, line } = await disturbed(({ method }) =>
      method === 'GET' && line.count('GET') === 1 ? 'cut_body' : 'pass',
    );
    await store.putIfAbsent('x', Buffer.from('a body of some length'));
    expect(text(await store.get('x'))).toBe('a body of some length');
    expect(line.count('GET')).toBe(2);
  });

  it('a body that always ends early is an error', async () => {
    const { store } = await disturbed(({ method }) => (method === 'GET' ? 'cut_body' : 'pass'));
    await store.putIfAbsent('x', Buffer.from('a body of some length'));
    await expect(store.get('x')).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(store.get('x', { offset: 2, length: 9 })).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
  });

  it('silence ends with the time an answer may take', async () => {
    const { store } = await disturbed(() => 'hang', 200);
    const startedAt = performance.now();
    await expect(store.get('x')).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(performance.now() - startedAt).toBeLessThan(14_000);
  });

  it('a list that names other objects is refused', async () => {
    const { store } = await disturbed(({ method }) => (method === 'GET' ? 'lie' : 'pass'));
    await store.putIfAbsent('x', Buffer.from('bytes'));
    await expect(store.list('')).rejects.toMatchObject({
      code: 'storage_unavailable',
      reason: 'list_makes_no_sense',
    });
  });

  it('without disturbance the same calls pass', async () => {
    const { store } = await disturbed(() => 'pass');
    await store.putIfAbsent('x', Buffer.from('bytes'));
    expect(text(await store.get('x'))).toBe('bytes');
    expect((await store.list('')).objects).toEqual([{ name: 'x', sizeBytes: 5 }]);
  });
});
