import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChunkName } from '@/lib/engine/core/chunk';
import { nameToHex } from '@/lib/engine/core/names';
import { TreeBuilder } from '@/lib/engine/core/tree/tree-builder';
import { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import { keyOfNames } from '@/lib/sources/schemas';
import type { ListPage } from './listed-object';
import { compileFilter } from './object-filter';
import { objectSteps, outermost } from './object-steps';

function bucketOf(keys: readonly string[]): ListPage {
  const sorted = [...new Set(keys)].map((key) => Buffer.from(key)).sort(Buffer.compare);
  return async ({ prefix, after }) => {
    const below = sorted.filter(
      (key) => key.subarray(0, prefix.length).equals(prefix) && (!after || Buffer.compare(key, after) > 0),
    );
    const objects = below.slice(0, 3).map((key) => ({ key, sizeBytes: 0, etag: 'e', modifiedAtMs: 0 }));
    return { objects, next: below.length > 3 ? objects.at(-1)!.key : null };
  };
}

/** Through a real tree and back. */
async function roundTrip(keys: readonly string[], prefixes = [''], filter = compileFilter([], [])) {
  const pages = new Map<string, Uint8Array>();
  const tree = new TreeBuilder(Buffer.alloc(32, 1), async ({ name, bytes }) => {
    pages.set(nameToHex(name), Uint8Array.from(bytes));
  });
  const meta = { mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n };
  for await (const step of objectSteps(bucketOf(keys), prefixes, filter)) {
    if (step.step === 'enter') await tree.enterDir({ ...meta, name: step.name });
    else if (step.step === 'leave') await tree.leaveDir();
    else {
      const content = { kind: 'inline' as const, chunks: [] };
      await tree.add({ ...meta, name: step.path.at(-1)!, type: 'file', sizeBytes: 0, content });
    }
  }
  const { root } = await tree.finish();
  const reader = new TreeReader(async (name: ChunkName) => pages.get(nameToHex(name))!);
  const found: string[] = [];
  for await (const { path, entry } of reader.walk(root))
    if (entry.type === 'file') found.push(Buffer.from(keyOfNames([...path, entry.name])!).toString());
  return found.sort();
}

describe('the objects of a bucket as a tree', () => {
  const key = fc.string({
    unit: fc.constantFrom('a', 'b', '-', '.', '/', '\0', '\x01'),
    minLength: 1,
    maxLength: 8,
  });

  test('hold every key once, whatever the keys', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(key, { maxLength: 40 }), async (keys) => {
        expect(await roundTrip(keys)).toEqual([...new Set(keys)].sort());
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    [['a', 'a/', 'a/b', 'a//b', 'a-b', '/a', '//', '.', '..', 'a/../b', 'a/./b']],
    [['x'.repeat(1024), `${'x'.repeat(300)}/${'y'.repeat(300)}/z`, 'x'.repeat(250), 'x'.repeat(251)]],
    [['ü', 'a b', 'a+b', 'a%2Fb', '日本/語', '\t', 'a\nb']],
  ])('hold odd keys: %j', async (keys) => {
    expect(await roundTrip(keys)).toEqual([...keys].sort());
  });

  test('below prefixes hold what begins with them, once', async () => {
    const keys = ['a/1', 'a/b/2', 'ab', 'b/1', 'c'];
    expect(await roundTrip(keys, ['b/', 'a/', 'a/b/'])).toEqual(['a/1', 'a/b/2', 'b/1']);
    expect(outermost(['a/b', 'a', 'b', '']).map(String)).toEqual(['']);
  });
});

describe('patterns', () => {
  const keys = ['logs/a.tmp', 'logs/b.log', 'photos/2024/c.jpg', 'd.jpg', 'cache/e', 'photos/'];
  test.each([
    ['include by ending', ['*.jpg'], [], ['d.jpg', 'photos/2024/c.jpg']],
    ['include a folder', ['/photos/'], [], ['photos/', 'photos/2024/c.jpg']],
    ['exclude wins', ['/photos/', '*.log'], ['*.jpg'], ['logs/b.log', 'photos/']],
    [
      'exclude a folder anywhere',
      [],
      ['cache/', '*.tmp'],
      ['d.jpg', 'logs/b.log', 'photos/', 'photos/2024/c.jpg'],
    ],
  ])('%s', async (_, includes, excludes, expected) => {
    expect(await roundTrip(keys, [''], compileFilter(includes, excludes))).toEqual(expected);
  });
});
