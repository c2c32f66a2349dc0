import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CrossvaultError } from '@/lib/errors';
import type { Chunk } from '../chunk';
import { nameToHex } from '../names';
import { noise } from '../test-bytes';
import { diffTrees } from './diff';
import type { EntryMeta, TreeEntry } from './entry';
import { decodePage } from './page';
import { pageReferences } from './references';
import { ContentBuilder, TreeBuilder } from './tree-builder';
import { TreeReader } from './tree-reader';

const key = noise(32, 5);

function memoryPages() {
  const pages = new Map<string, Uint8Array>();
  let reads = 0;
  return {
    pages,
    reads: () => reads,
    emit: ({ name, bytes, type }: Chunk) => {
      expect(type).toBe('tree');
      pages.set(nameToHex(name), bytes);
    },
    load: async (name: Uint8Array) => {
      reads++;
      const page = pages.get(nameToHex(name));
      if (!page) throw new Error('no such page');
      return page;
    },
  };
}

const meta = (name: string | Uint8Array, more: Partial<EntryMeta> = {}): EntryMeta => ({
  name: Buffer.from(name as string),
  mode: 0o644,
  uid: 1000,
  gid: 100,
  mtimeNs: 1_700_000_000_123_456_789n,
  ...more,
});
const file = (name: string | Uint8Array, sizeBytes = 5, seed = 1): TreeEntry => ({
  ...meta(name),
  type: 'file',
  sizeBytes,
  content: { kind: 'inline', chunks: sizeBytes ? [{ name: noise(16, seed), length: sizeBytes }] : [] },
});
const numbered = (i: number) => `file-${String(i).padStart(7, '0')}.txt`;

async function flatFolder(entries: Iterable<TreeEntry>, store = memoryPages()) {
  const builder = new TreeBuilder(key, store.emit);
  for (const entry of entries) await builder.add(entry);
  return { ...(await builder.finish()), store };
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

const nameArbitrary = fc
  .uint8Array({ minLength: 1, maxLength: 255 })
  .map((bytes) => Buffer.from(bytes.map((b) => (b === 0 || b === 0x2f ? 0x41 : b))))
  .filter((name) => !['.', '..'].includes(name.toString('latin1')));
const nat64 = fc.bigInt(0n, 2n ** 64n - 1n);
const metaArbitrary = fc.record(
  {
    name: nameArbitrary,
    mode: fc.nat(0o7777),
    uid: fc.nat(2 ** 31),
    gid: fc.nat(2 ** 31),
    mtimeNs: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    ctimeNs: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    inode: nat64,
    owner: fc.string({ maxLength: 30 }),
    group: fc.string({ maxLength: 30 }),
    hardLinkGroup: nat64,
    xattrs: fc.uniqueArray(
      fc.record({
        name: fc
          .string({ minLength: 1, maxLength: 20 })
          .filter((s) => !s.includes('\0'))
          .map((s) => Buffer.from(s)),
        value: fc.uint8Array({ maxLength: 50 }).map((b) => Buffer.from(b)),
      }),
      { selector: (x) => x.name.toString('hex'), minLength: 1, maxLength: 3 },
    ),
  },
  { requiredKeys: ['name', 'mode', 'uid', 'gid', 'mtimeNs'] },
);
const chunkName = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((b) => Buffer.from(b));
const entryArbitrary: fc.Arbitrary<TreeEntry> = fc.oneof(
  fc
    .tuple(metaArbitrary, fc.array(fc.record({ name: chunkName, length: fc.nat(2 ** 32) }), { maxLength: 8 }))
    .map(([m, chunks]) => ({
      ...m,
      type: 'file' as const,
      sizeBytes: chunks.reduce((sum, c) => sum + c.length, 0),
      content: { kind: 'inline' as const, chunks },
    })),
  fc.tuple(metaArbitrary, chunkName).map(([m, root]) => ({
    ...m,
    type: 'file' as const,
    sizeBytes: 2 ** 50,
    content: { kind: 'tree' as const, root },
  })),
  fc.tuple(metaArbitrary, chunkName, fc.nat()).map(([m, root, n]) => ({
    ...m,
    type: 'dir' as const,
    root,
    totals: { files: n, dirs: n + 1, bytes: n * 1000 },
  })),
  fc.tuple(metaArbitrary, nameArbitrary).map(([m, target]) => ({ ...m, type: 'symlink' as const, target })),
  metaArbitrary.map((m) => ({ ...m, type: 'fifo' as const })),
  metaArbitrary.map((m) => ({ ...m, type: 'block_device' as const, device: { major: 8, minor: 1 } })),
);

const sorted = (entries: TreeEntry[]) => entries.toSorted((a, b) => Buffer.compare(a.name, b.name));
const entriesArbitrary = fc.uniqueArray(entryArbitrary, {
  selector: (entry) => Buffer.from(entry.name).toString('hex'),
  maxLength: 30,
});
const normal = (entry: TreeEntry): TreeEntry =>
  entry.xattrs
    ? { ...entry, xattrs: entry.xattrs.toSorted((a, b) => Buffer.compare(a.name, b.name)) }
    : entry;

describe('tree pages', () => {
  it('give back every kind of entry, whatever its name, times and attributes', async () => {
    await fc.assert(
      fc.asyncProperty(entriesArbitrary, async (entries) => {
        const { root, store } = await flatFolder(sorted(entries));
        const read = await collect(new TreeReader(store.load).entries(root));
        expect(read).toEqual(sorted(entries).map(normal));
      }),
      { numRuns: 150 },
    );
  });

  it('are refused with corrupt_data, or read as something else, when any byte is changed or cut off; never crash', async () => {
    await fc.assert(
      fc.asyncProperty(
        entriesArbitrary,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (entries, where, flip) => {
          const { root, store } = await flatFolder(sorted(entries));
          const page = Buffer.from(await store.load(root));
          expect(() => decodePage(page.subarray(0, where % page.length))).toThrow(CrossvaultError);
          expect(() => decodePage(Buffer.concat([page, Buffer.of(flip)]))).toThrow('left over');
          page[where % page.length]! ^= flip;
          try {
            decodePage(page);
          } catch (error) {
            expect(error).toMatchObject({ code: 'corrupt_data' });
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['..', 'not allowed'],
    ['.', 'not allowed'],
    ['a/b', 'not allowed'],
    ['a\0b', 'not allowed'],
    ['', 'not allowed'],
  ])('with an entry named %j are refused', async (name, why) => {
    const { root, store } = await flatFolder([file('x'.repeat(name.length || 1))]);
    const page = Buffer.from(await store.load(root));
    const at = page.indexOf('x');
    const hostile = Buffer.concat([
      page.subarray(0, at - 1),
      Buffer.of(name.length),
      Buffer.from(name),
      page.subarray(at + (name.length || 1)),
    ]);
    expect(() => decodePage(hostile)).toThrow(why);
  });

  it('are refused when names repeat or run backwards', async () => {
    const { root, store } = await flatFolder([file('a'), file('b')]);
    const page = Buffer.from(await store.load(root));
    const twice = Buffer.from(page);
    twice[twice.lastIndexOf('b')] = 'a'.charCodeAt(0);
    expect(() => decodePage(twice)).toThrow('out of order');
  });

  it('are refused when a number is not in its shortest form or a count cannot be true', () => {
    expect(() => decodePage(Buffer.of(1, 1, 0, 0x80, 0))).toThrow('shortest form');
    expect(() => decodePage(Buffer.of(1, 1, 0, 0xff, 0xff, 0x7f))).toThrow('count is wrong');
    expect(() => decodePage(Buffer.of(1, 1, 1, 0))).toThrow('refers to nothing');
    expect(() => decodePage(Buffer.of(1, 1, 200, 0))).toThrow('too high');
    expect(() => decodePage(Buffer.of(1, 9, 0, 0))).toThrow('kind is unknown');
    expect(() => decodePage(Buffer.of(0, 1, 0, 0))).toThrow('version is unknown');
  });
});

describe('a folder of many entries', () => {
  const count = 20_000;
  const build = (skip = -1, extra: string[] = [], touched = -1) => {
    const names = Array.from({ length: count }, (_, i) => numbered(i)).filter((_, i) => i !== skip);
    const all = [...names, ...extra].sort();
    return flatFolder(all.map((name) => file(name, 5, name === numbered(touched) ? 99 : 1)));
  };

  it('lists from any place, finds single names and reads only what it must', async () => {
    const { root, store, totals } = await build();
    expect(totals).toEqual({ files: count, dirs: 0, bytes: 5 * count });
    const reader = new TreeReader(store.load);
    const page = await reader.list(root, { after: Buffer.from(numbered(9_998)), limit: 3 });
    expect(page.entries.map((e) => Buffer.from(e.name).toString())).toEqual(
      [9_999, 10_000, 10_001].map(numbered),
    );
    expect(page.next).toEqual(Buffer.from(numbered(10_001)));
    expect((await reader.find(root, Buffer.from(numbered(123))))!.name).toEqual(Buffer.from(numbered(123)));
    expect(await reader.find(root, Buffer.from('zzz'))).toBeNull();
    expect(store.reads()).toBeLessThan(6);
    const last = await reader.list(root, { after: Buffer.from(numbered(count - 2)) });
    expect(last).toMatchObject({ entries: [{ type: 'file' }], next: null });
  });

  it('pages by cursor through each entry once', async () => {
    const { root, store } = await build();
    const reader = new TreeReader(store.load);
    let seen = 0;
    for (let after: Uint8Array | undefined; ; ) {
      const page = await reader.list(root, { ...(after && { after }), limit: 3333 });
      seen += page.entries.length;
      if (!page.next) break;
      after = page.next;
    }
    expect(seen).toBe(count);
  });

  it.each([
    ['a new entry', -1, [`${numbered(10_000)}.new`], -1],
    ['a removed entry', 7_777, [], -1],
    ['a changed entry', -1, [], 4_321],
    ['a new last entry', -1, ['zzz'], -1],
  ])('rewrites only a few pages for %s', async (_, skip, extra, touched) => {
    const before = await build();
    const after = await build(skip, extra, touched);
    expect(before.store.pages.size).toBeGreaterThan(30);
    const fresh = [...after.store.pages.keys()].filter((page) => !before.store.pages.has(page));
    expect(fresh.length).toBeLessThanOrEqual(5);
    expect(fresh.length).toBeGreaterThan(0);
  });

  it('has pages of 16 to 64 KiB, but for the last of each level', async () => {
    const { store } = await build();
    const sizes = [...store.pages.values()].map((page) => page.length).sort((a, b) => a - b);
    expect(sizes.at(-1)).toBeLessThanOrEqual(64 * 1024);
    expect(sizes.filter((size) => size < 16 * 1024).length).toBeLessThanOrEqual(2);
  });

  it('is compared without reading what did not change', async () => {
    const store = memoryPages();
    const names = Array.from({ length: count }, (_, i) => numbered(i));
    const before = await flatFolder(
      names.map((name) => file(name)),
      store,
    );
    const changed = names
      .filter((_, i) => i !== 500)
      .map((name) => file(name, 5, name === numbered(15_000) ? 2 : 1));
    const after = await flatFolder([...changed, file('new')], store);
    const reads = store.reads();
    const changes = await collect(diffTrees(new TreeReader(store.load), before.root, after.root));
    expect(store.reads() - reads).toBeLessThan(16);
    const shown = changes.map((c) => [
      c.before && Buffer.from(c.before.name).toString(),
      c.after && Buffer.from(c.after.name).toString(),
    ]);
    expect(shown).toEqual([
      [numbered(500), null],
      [numbered(15_000), numbered(15_000)],
      [null, 'new'],
    ]);
  });
});

/** A random tree as nested maps. */
type Node = number | { [name: string]: Node };
const { node: nodeArbitrary } = fc.letrec<{ node: { [name: string]: Node } }>((tie) => ({
  node: fc.dictionary(
    fc.stringMatching(/^[a-e]{1,2}$/),
    fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.nat(50), tie('node')) as fc.Arbitrary<Node>,
    { maxKeys: 5 },
  ),
}));

async function buildNode(node: { [name: string]: Node }, store: ReturnType<typeof memoryPages>) {
  const builder = new TreeBuilder(key, store.emit);
  const fill = async (folder: { [name: string]: Node }) => {
    for (const name of Object.keys(folder).sort()) {
      const child = folder[name]!;
      if (typeof child === 'number') await builder.add(file(name, child, child));
      else {
        await builder.enterDir(meta(name, { mode: 0o755 }));
        await fill(child);
        await builder.leaveDir();
      }
    }
  };
  await fill(node);
  return builder.finish();
}

function flatten(node: { [name: string]: Node }, prefix = ''): Map<string, number> {
  const all = new Map<string, number>();
  for (const [name, child] of Object.entries(node)) {
    if (typeof child === 'number') all.set(prefix + name, child);
    else {
      all.set(`${prefix}${name}/`, -1);
      for (const [path, size] of flatten(child, `${prefix}${name}/`)) all.set(path, size);
    }
  }
  return all;
}

const text = (names: readonly Uint8Array[]) => names.map((name) => Buffer.from(name).toString()).join('/');

describe('trees', () => {
  it('walk in order, sum up every subtree and reach all their pages by references', async () => {
    await fc.assert(
      fc.asyncProperty(nodeArbitrary, async (node) => {
        const store = memoryPages();
        const { root, totals } = await buildNode(node, store);
        const walked = await collect(new TreeReader(store.load).walk(root));
        const expected = flatten(node);
        const seen = new Map(
          walked.map(({ path, entry }) => [
            text([...path, entry.name]) + (entry.type === 'dir' ? '/' : ''),
            entry.type === 'file' ? entry.sizeBytes : -1,
          ]),
        );
        expect(seen).toEqual(expected);
        const sizes = [...expected.values()];
        expect(totals).toEqual({
          files: sizes.filter((s) => s >= 0).length,
          dirs: sizes.filter((s) => s < 0).length,
          bytes: sizes.filter((s) => s > 0).reduce((a, b) => a + b, 0),
        });
        const reached = new Set<string>();
        const queue = [root];
        while (queue.length > 0) {
          const name = queue.pop()!;
          reached.add(nameToHex(name));
          queue.push(...pageReferences(await store.load(name)).pages);
        }
        expect(reached).toEqual(new Set(store.pages.keys()));
      }),
      { numRuns: 100 },
    );
  });

  it('differ exactly where their entries differ', async () => {
    await fc.assert(
      fc.asyncProperty(nodeArbitrary, nodeArbitrary, async (a, b) => {
        const store = memoryPages();
        const [before, after] = [await buildNode(a, store), await buildNode(b, store)];
        const changes = await collect(diffTrees(new TreeReader(store.load), before.root, after.root));
        const patched = flatten(a);
        const drop = (path: string) => {
          for (const known of [...patched.keys()]) {
            if (known === path || known === `${path}/` || known.startsWith(`${path}/`)) patched.delete(known);
          }
        };
        for (const { path, before: old, after: fresh } of changes) {
          const at = text([...path, (fresh ?? old)!.name]);
          if (old) drop(at);
          if (fresh?.type === 'file') patched.set(at, fresh.sizeBytes);
          if (fresh?.type === 'dir') {
            patched.set(`${at}/`, -1);
            for await (const sub of new TreeReader(store.load).walk(fresh.root)) {
              const below = `${at}/${text([...sub.path, sub.entry.name])}`;
              if (sub.entry.type === 'file') patched.set(below, sub.entry.sizeBytes);
              else patched.set(`${below}/`, -1);
            }
          }
        }
        expect(patched).toEqual(flatten(b));
      }),
      { numRuns: 150 },
    );
  });

  it('are the same for the same entries, and look up paths', async () => {
    const node = { a: { b: { c: 7 }, d: 3 }, e: 1 };
    const store = memoryPages();
    const one = await buildNode(node, store);
    expect((await buildNode(node, memoryPages())).root).toEqual(one.root);
    const reader = new TreeReader(store.load);
    const path = (p: string) => p.split('/').map((name) => Buffer.from(name));
    expect(await reader.lookup(one.root, path('a/b/c'))).toMatchObject({ type: 'file', sizeBytes: 7 });
    expect(await reader.lookup(one.root, path('a'))).toMatchObject({
      totals: { files: 2, dirs: 1, bytes: 10 },
    });
    await expect(reader.lookup(one.root, path('a/x'))).rejects.toMatchObject({ code: 'not_found' });
    await expect(reader.lookup(one.root, path('e/x'))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuse entries out of order, twice, or with a name that leads elsewhere', async () => {
    const builder = new TreeBuilder(key, () => {});
    await builder.add(file('m'));
    const adding = (name: string) => (async () => builder.add(file(name)))();
    await expect(adding('a')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(adding('m')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(builder.enterDir(meta('..'))).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(adding('x/y')).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('chunk lists', () => {
  it.each([0, 1, 8, 9, 1000, 50_000])(
    'of %i chunks give back their chunks, from any offset',
    async (count) => {
      const store = memoryPages();
      const builder = new ContentBuilder(key, store.emit);
      const bytes = noise(count * 16, 3);
      for (let i = 0; i < count; i++) await builder.add(bytes.subarray(i * 16, i * 16 + 16), 1000 + (i % 7));
      const content = await builder.finish();
      expect(content.kind).toBe(count <= 8 ? 'inline' : 'tree');
      const reader = new TreeReader(store.load);
      const chunks = await collect(reader.chunks(content, builder.sizeBytes));
      expect(Buffer.concat(chunks.map((c) => c.name)).equals(bytes)).toBe(true);
      if (count === 0) return;
      const middle = Math.floor(builder.sizeBytes * 0.9);
      const reads = store.reads();
      const [first] = await collect(new TreeReader(store.load).chunksFrom(content, middle));
      expect(first!.offset).toBeLessThanOrEqual(middle);
      expect(first!.offset + first!.length).toBeGreaterThan(middle);
      expect(store.reads() - reads).toBeLessThanOrEqual(Math.max(3, store.pages.size * 0.3));
      await expect(collect(reader.chunks(content, builder.sizeBytes + 1))).rejects.toMatchObject({
        code: 'corrupt_data',
      });
      await expect(collect(reader.chunks(content, builder.sizeBytes - 1))).rejects.toMatchObject({
        code: 'corrupt_data',
      });
    },
  );

  it('of a large file rewrite few pages when one chunk changes', async () => {
    const build = async (changed: number) => {
      const store = memoryPages();
      const builder = new ContentBuilder(key, store.emit);
      const bytes = noise(50_000 * 16, 3);
      bytes[changed * 16]! ^= 1;
      for (let i = 0; i < 50_000; i++) await builder.add(bytes.subarray(i * 16, i * 16 + 16), 1000);
      await builder.finish();
      return store.pages;
    };
    const [before, after] = [await build(0), await build(25_000)];
    const fresh = [...after.keys()].filter((page) => !before.has(page));
    expect(before.size).toBeGreaterThan(20);
    expect(fresh.length).toBeLessThanOrEqual(8);
  });
});
