import { DeleteObjectCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareInTree } from '@/lib/sources/schemas';
import { dotKeys, oddKeys, TestSource } from '../../testing/oss/test-source';
import { currentObjects, versionedObjects } from './list-pages';
import type { ListedObject, ListPage } from './listed-object';
import { lookAgain, readPart } from './read-object';
import { listInTreeOrder } from './tree-order';

async function all(listPage: ListPage, prefix = ''): Promise<ListedObject[]> {
  const objects: ListedObject[] = [];
  for await (const object of listInTreeOrder(listPage, Buffer.from(prefix))) objects.push(object);
  return objects;
}
const keysOf = (objects: ListedObject[]) => objects.map(({ key }) => key.toString());
const inTreeOrder = (keys: readonly string[]) =>
  [...keys].sort((a, b) => compareInTree(Buffer.from(a), Buffer.from(b)));

describe('a bucket of odd keys', () => {
  let source: TestSource;
  beforeAll(async () => {
    source = await TestSource.make();
    for (const key of [...oddKeys, ...dotKeys]) await source.put(key);
  });

  test.each([1000, 3])('is listed whole and in order, %i keys a page', async (limit) => {
    const found = keysOf(await all(currentObjects(source.open(), limit)));
    expect(found).toEqual(inTreeOrder([...oddKeys, ...dotKeys]));
  });

  test('gives every object back by its key', async () => {
    const bucket = source.open();
    for (const object of await all(currentObjects(bucket))) {
      const { bytes } = await readPart(bucket, object, 0);
      expect(bytes.toString()).toBe(object.key.toString());
    }
  });
});

test('an object brings its metadata and tags with its bytes', async () => {
  const source = await TestSource.make();
  const bucket = source.open();
  await source.put('a', 'body', {
    ContentType: 'text/plain; charset=utf-8',
    ContentEncoding: 'gzip',
    ContentDisposition: 'attachment; filename="a.txt"',
    ContentLanguage: 'de',
    CacheControl: 'max-age=60',
    Expires: new Date('2030-01-01T00:00:00Z'),
    Metadata: { owner: 'finance', 'x-note': 'two words' },
    Tagging: 'team=red&stage=one%20two',
  });
  const [object] = await all(currentObjects(bucket));
  expect(await readPart(bucket, object!, 0)).toMatchObject({
    metadata: {
      contentType: 'text/plain; charset=utf-8',
      contentEncoding: 'gzip',
      contentDisposition: 'attachment; filename="a.txt"',
      contentLanguage: 'de',
      cacheControl: 'max-age=60',
      expires: expect.stringContaining('2030'),
      userMetadata: { owner: 'finance', 'x-note': 'two words' },
      tags: { team: 'red', stage: 'one two' },
    },
    isEtagOfBytes: true,
  });
});

test('an object that was replaced or deleted since it was listed is told from one that was not', async () => {
  const source = await TestSource.make();
  const bucket = source.open();
  for (const key of ['same', 'replaced', 'deleted']) await source.put(key);
  const [deleted, replaced, same] = await all(currentObjects(bucket));
  await source.put('replaced', 'other bytes');
  await source.client.send(new DeleteObjectCommand({ Bucket: source.bucket, Key: 'deleted' }));
  await expect(readPart(bucket, replaced!, 0)).rejects.toMatchObject({ reason: 'object_changed' });
  await expect(readPart(bucket, deleted!, 0)).rejects.toMatchObject({ reason: 'object_gone' });
  expect((await readPart(bucket, same!, 0)).bytes.toString()).toBe('same');
  const now = await lookAgain(bucket, replaced!);
  expect((await readPart(bucket, now!, 0)).bytes.toString()).toBe('other bytes');
  expect(await lookAgain(bucket, deleted!)).toBeNull();
});

test('versions are listed beside the current object, and keys without one are counted', async () => {
  const source = await TestSource.make();
  const bucket = source.open();
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await source.client.send(
    new PutBucketVersioningCommand({ Bucket: source.bucket, VersioningConfiguration }),
  );
  for (const body of ['one', 'second', 'the third']) await source.put('a', body);
  await source.put('a-b');
  await source.put('gone');
  await source.client.send(new DeleteObjectCommand({ Bucket: source.bucket, Key: 'gone' }));
  for (let i = 0; i < 12; i++) await source.put(`many/${i % 3}`, String(i));
  let onlyOld = 0;
  const objects = await all(
    versionedObjects(bucket, (count) => {
      onlyOld += count;
    }),
  );
  expect(keysOf(objects)).toEqual(['a', 'a-b', 'many/0', 'many/1', 'many/2']);
  expect(objects[0]!.olderVersions!.map(({ sizeBytes }) => sizeBytes)).toEqual([6, 3]);
  expect(objects[2]!.olderVersions).toHaveLength(3);
  expect(onlyOld).toBe(1);
  await source.put('a', 'the fourth');
  expect((await readPart(bucket, objects[0]!, 0)).bytes.toString()).toBe('the third');
});

describe('what cannot work says why', () => {
  test.each([
    ['a bucket that does not exist', { bucket: 'no-such-bucket' }, 'bucket_missing'],
    ['a wrong secret', 'secret', 'credentials_refused'],
    ['an unknown key', { credentials: { accessKeyId: 'x', secretAccessKey: 'y' } }, 'credentials_refused'],
    ['a server that is not there', { endpoint: 'http://127.0.0.1:9', patienceMs: 0 }, 'bucket_unreachable'],
  ])('%s', async (_, changes, reason) => {
    const source = await TestSource.make();
    const { credentials } = source.options;
    const wrong = { credentials: { ...credentials, secretAccessKey: 'wrong' } };
    const bucket = source.open(typeof changes === 'string' ? wrong : changes);
    await expect(all(currentObjects(bucket))).rejects.toMatchObject({ reason });
  });

  test('an endpoint in a private network, unless the operator allows it', async () => {
    const source = await TestSource.make();
    expect(() => source.open({ allowsPrivateEndpoints: false })).toThrow(
      expect.objectContaining({ reason: 'private_endpoint', code: 'not_eligible' }),
    );
    const named = {
      endpoint: 'http://localhost.localdomain:1',
      allowsPrivateEndpoints: false,
      patienceMs: 0,
    };
    await expect(all(currentObjects(source.open(named)))).rejects.toMatchObject({ code: expect.any(String) });
  });
});
