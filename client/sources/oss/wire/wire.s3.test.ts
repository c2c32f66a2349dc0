import type { IncomingMessage } from 'node:http';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import { noise } from '@/lib/engine/core/test-bytes';
import { startLine } from '../../../testing/oss/line';
import { dotKeys, oddKeys, TestSource } from '../../../testing/oss/test-source';
import { currentObjects } from '../list-pages';
import type { ListedObject } from '../listed-object';
import { partBytes, readPart } from '../read-object';
import { PartedUpload, putObject } from '../write-object';

const source = await TestSource.make();
/** Of requests that the general client made: it names itself. */
const byClient: string[] = [];
let count = 0;
const line = await startLine(source.options.endpoint, (request: IncomingMessage) => {
  count++;
  if (request.headers['user-agent']) byClient.push(`${request.method} ${request.url}`);
  return 'pass';
});
const bucket = source.open({ endpoint: line.endpoint });
afterAll(async () => {
  bucket.close();
  await line.close();
});

async function listed(): Promise<Map<string, ListedObject>> {
  const { objects } = await currentObjects(source.open())({ prefix: Buffer.alloc(0), after: null });
  return new Map(objects.map((object) => [object.key.toString(), object]));
}

test('objects of all keys and sizes are written and read back without the general client', async () => {
  const sizes = [0, 1, 4096, 70_000, partBytes];
  const keys = [...oddKeys, ...dotKeys];
  const bodies = new Map(keys.map((key, i) => [key, noise(sizes[i % sizes.length]!, i + 1)]));
  for (const [key, body] of bodies) await putObject(bucket, { key, metadata: {}, onlyIfFree: true }, body);
  const objects = await listed();
  expect([...objects.keys()].sort()).toEqual([...keys].sort());
  for (const [key, body] of bodies)
    expect(Buffer.compare((await readPart(bucket, objects.get(key)!, 0)).bytes, body)).toBe(0);
  expect(count).toBe(2 * keys.length);
  expect(byClient).toEqual([]);
});

test('a large object travels in parts, and each is asked for by its place', async () => {
  const body = noise(2 * partBytes + 5, 77);
  const upload = await PartedUpload.begin(bucket, { key: 'large +ü', metadata: {}, onlyIfFree: false });
  const parts = [0, 1, 2].map((at) => body.subarray(at * partBytes, (at + 1) * partBytes));
  await Promise.all(parts.map((part, at) => upload.put(at + 1, part)));
  await upload.complete();
  const object = (await listed()).get('large +ü')!;
  const read = await Promise.all([0, 1, 2].map((at) => readPart(bucket, object, at)));
  expect(Buffer.compare(Buffer.concat(read.map(({ bytes }) => bytes)), body)).toBe(0);
  expect(byClient.map((text) => text.split(' ')[0])).toEqual(['POST', 'POST']);
});

test('what an object is written with is what the general client would have written', async () => {
  const metadata = {
    contentType: 'text/plain; charset=utf-8',
    contentEncoding: 'gzip',
    contentDisposition: 'attachment; filename="ä.txt"',
    contentLanguage: 'de',
    cacheControl: 'max-age=60,  public',
    expires: 'Tue, 01 Jan 2030 00:00:00 GMT',
    userMetadata: { owner: 'finance', 'x-note': 'two  words', city: 'Zürich' },
    tags: { team: 'red & blue', stage: 'one two' },
  };
  const body = Buffer.from('body');
  const heads: unknown[] = [];
  for (const key of ['plain', 'general']) {
    const to = source.open({ endpoint: line.endpoint });
    if (key === 'general') to.plainly = async () => null;
    await putObject(to, { key, metadata, onlyIfFree: false }, body);
    const { LastModified, $metadata, ...head } = await source.client.send(
      new HeadObjectCommand({ Bucket: source.bucket, Key: key }),
    );
    const object = (await listed()).get(key)!;
    heads.push({ ...head, read: (await readPart(to, object, 0)).metadata });
    to.close();
  }
  expect(heads[0]).toEqual(heads[1]);
  expect(heads[0]).toMatchObject({ read: { tags: metadata.tags, userMetadata: { city: 'Zürich' } } });
});
