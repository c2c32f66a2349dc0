import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CachedFile,
  cacheName,
  FileCacheReader,
  FileCacheWriter,
  isSettled,
  pathKey,
} from './file-cache';

const header = { vaultId: 'v-1', lineageId: 'l' };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-cache-'));
});
afterAll(() => rm(folder, { recursive: true }));

function fileAt(path: string, seed = 1): CachedFile {
  return {
    key: pathKey(Buffer.from(path)),
    sizeBytes: seed * 1000,
    mtimeNs: -5n * BigInt(seed),
    ctimeNs: 1_700_000_000_123_456_789n,
    inode: 2n ** 63n + BigInt(seed),
    chunks: Array.from({ length: seed % 4 }, (_, i) => ({
      name: Buffer.alloc(16, i + seed),
      length: i * 70_000,
    })),
    ...(seed % 3 === 0 && { extra: Buffer.from(`more about ${path}`) }),
  };
}

async function write(path: string, files: CachedFile[]): Promise<void> {
  const writer = await FileCacheWriter.create(path, header);
  for (const file of files) await writer.add(file);
  await writer.close();
}

/** What is decoded only when it is asked for, too. */
function plain(file: CachedFile | null): CachedFile | null {
  if (!file) return null;
  const { key, sizeBytes, mtimeNs, ctimeNs, inode, chunks, extra } = file;
  return { key, sizeBytes, mtimeNs, ctimeNs, inode, chunks, ...(extra && { extra }) };
}

async function findAll(path: string, paths: string[]): Promise<(CachedFile | null)[]> {
  const reader = (await FileCacheReader.open(path))!;
  try {
    const found: (CachedFile | null)[] = [];
    for (const one of paths) found.push(plain(await reader.find(pathKey(Buffer.from(one)))));
    return found;
  } finally {
    await reader.close();
  }
}

describe('the file cache', () => {
  test('finds what was written and nothing else, in one pass beside any walk', async () => {
    const segment = fc.string({
      unit: fc.constantFrom('a', 'b', '!', '~', 'ü', '\n'),
      minLength: 1,
      maxLength: 3,
    });
    const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const inWalkOrder = (paths: string[]) =>
      [...new Set(paths)].sort((a, b) => Buffer.compare(pathKey(Buffer.from(a)), pathKey(Buffer.from(b))));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(path), fc.array(path), async (cached, walked) => {
        const target = join(folder, `property-${run++}`);
        const files = inWalkOrder(cached).map((p, i) => fileAt(p, i));
        await write(target, files);
        const asked = inWalkOrder([...walked, ...cached.slice(0, 3)]);
        const expected = asked.map((p) => files.find((f) => f.key.equals(pathKey(Buffer.from(p)))) ?? null);
        expect(await findAll(target, asked)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('says which point it describes once that is committed, and nothing before', async () => {
    const headerOf = async (path: string) => {
      const reader = await FileCacheReader.open(path);
      const found = await reader?.find(pathKey(Buffer.from('a')));
      await reader?.close();
      return { header: reader?.header, hasFile: Boolean(found) };
    };
    const next = join(folder, 'header.next');
    const writer = await FileCacheWriter.create(next, header);
    await writer.add(fileAt('a'));
    await writer.flush();
    expect(await headerOf(next)).toEqual({ header: { ...header, pointId: null }, hasFile: true });
    await writer.commit(join(folder, 'header.cache'), 's-1');
    expect(await headerOf(join(folder, 'header.cache'))).toEqual({
      header: { ...header, pointId: 's-1' },
      hasFile: true,
    });
    expect(await readdir(folder)).not.toContain('header.next');
  });

  test('cut short keeps the files before the cut', async () => {
    const target = join(folder, 'cut');
    const paths = Array.from({ length: 100 }, (_, i) => `f${String(i).padStart(3, '0')}`);
    await write(
      target,
      paths.map((p, i) => fileAt(p, i)),
    );
    await truncate(target, (await readFile(target)).length - 10);
    const found = await findAll(target, paths);
    expect(found.slice(0, 99).every(Boolean)).toBe(true);
    expect(found[99]).toBeNull();
  });

  test('with a damaged record gives nothing from there on, never wrong names', async () => {
    const target = join(folder, 'damaged');
    await write(
      target,
      ['a', 'b', 'c'].map((p) => fileAt(p, 3)),
    );
    const bytes = await readFile(target);
    const inTheMiddle = bytes.length - 150;
    bytes[inTheMiddle] = bytes[inTheMiddle]! ^ 1;
    await writeFile(target, bytes);
    expect((await findAll(target, ['a', 'b', 'c'])).map(Boolean)).toEqual([true, false, false]);
  });

  test('that is missing or no cache is none', async () => {
    expect(await FileCacheReader.open(join(folder, 'missing'))).toBeNull();
    await writeFile(join(folder, 'junk'), 'x'.repeat(1000));
    expect(await FileCacheReader.open(join(folder, 'junk'))).toBeNull();
  });

  test('reads more files than fit in a block', async () => {
    const target = join(folder, 'many');
    const paths = Array.from({ length: 20_000 }, (_, i) => `folder/${String(i).padStart(6, '0')}`);
    await write(
      target,
      paths.map((p, i) => fileAt(p, i)),
    );
    const found = await findAll(target, paths);
    expect(found.every((file, i) => file?.sizeBytes === i * 1000)).toBe(true);
  });
});

test('keys sort like the walk: a folder, then what is in it, then its siblings', () => {
  const walk = ['a', 'a/b', 'a/b/c', 'a/z', 'a!', 'a.txt', 'aa'];
  const keys = walk.map((p) => pathKey(Buffer.from(p)));
  expect([...keys].sort(Buffer.compare)).toEqual(keys);
});

test('the same paths in another order have the same cache, another vault has another', () => {
  expect(cacheName('v-1', ['/a', '/b'])).toBe(cacheName('v-1', ['/b', '/a']));
  expect(cacheName('v-1', ['/a'])).not.toBe(cacheName('v-2', ['/a']));
});

test('a file changed in the clock tick in which it was read is not trusted later', () => {
  const nowMs = 1_700_000_000_500;
  const at = (ms: number, rest = 1n) => BigInt(ms) * 1_000_000n + rest;
  expect(isSettled({ ctimeNs: at(nowMs - 100) }, nowMs)).toBe(true);
  expect(isSettled({ ctimeNs: at(nowMs - 5) }, nowMs)).toBe(false);
  const wholeSecond = at(1_700_000_000_000, 0n);
  expect(isSettled({ ctimeNs: wholeSecond }, nowMs)).toBe(false);
  expect(isSettled({ ctimeNs: wholeSecond }, nowMs + 2000)).toBe(true);
});
