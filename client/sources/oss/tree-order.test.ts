import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareInTree } from '@/lib/sources/schemas';
import type { ListedObject, ListPage } from './listed-object';
import { listInTreeOrder } from './tree-order';

/** A bucket that answers as a server does, some keys at a time. */
function bucketOf(keys: readonly string[], pageSize: number) {
  const sorted = [...new Set(keys)].map((key) => Buffer.from(key)).sort(Buffer.compare);
  let requests = 0;
  const listPage: ListPage = async ({ prefix, after }) => {
    requests++;
    const below = sorted.filter(
      (key) => key.subarray(0, prefix.length).equals(prefix) && (!after || Buffer.compare(key, after) > 0),
    );
    const objects = below
      .slice(0, pageSize)
      .map((key): ListedObject => ({ key, sizeBytes: 1, etag: 'e', modifiedAtMs: 0 }));
    return { objects, next: below.length > pageSize ? objects.at(-1)!.key : null };
  };
  return { listPage, requests: () => requests };
}

async function listed(listPage: ListPage, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of listInTreeOrder(listPage, Buffer.from(prefix))) keys.push(key.toString());
  return keys;
}

const inTreeOrder = (keys: readonly string[]) =>
  [...new Set(keys)].sort((a, b) => compareInTree(Buffer.from(a), Buffer.from(b)));

describe('a listing in the order of the tree', () => {
  const key = fc.string({
    unit: fc.constantFrom('a', 'b', '-', '.', '/', '\0', '\u{10ffff}'),
    minLength: 1,
    maxLength: 7,
  });

  test('has every key once and in order, whatever the pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(key, { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        async (keys, pageSize) => {
          expect(await listed(bucketOf(keys, pageSize).listPage)).toEqual(inTreeOrder(keys));
        },
      ),
      { numRuns: 600 },
    );
  });

  test('below a prefix has what begins with it', async () => {
    const { listPage } = bucketOf(['a', 'ab-c', 'ab/c', 'abc', 'ab', 'b'], 2);
    expect(await listed(listPage, 'ab')).toEqual(['ab', 'ab/c', 'ab-c', 'abc']);
  });

  test('of ordinary names costs about one request a page', async () => {
    const keys = Array.from({ length: 4000 }, (_, i) => `photos/2024/img-${String(i).padStart(5, '0')}.jpg`);
    const bucket = bucketOf(keys, 100);
    expect(await listed(bucket.listPage)).toHaveLength(4000);
    expect(bucket.requests()).toBeLessThan(40 + 4);
  });

  test('passes over a folder that came early without listing it twice', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => `logs/${i}`);
    const bucket = bucketOf(['logs-old', ...many, 'z'], 100);
    expect(await listed(bucket.listPage)).toEqual(inTreeOrder(['logs-old', ...many, 'z']));
    expect(bucket.requests()).toBeLessThan(10 + 4);
  });
});
