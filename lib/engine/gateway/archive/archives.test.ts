import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { crc32, inflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { TreeEntry } from '@/lib/engine/core';
import { noise } from '@/lib/engine/core/test-bytes';
import type { ArchiveItem, ArchiveWriter } from './archive-format';
import { TarWriter } from './tar-writer';
import { ZipWriter } from './zip-writer';

const work = await mkdtemp(join(tmpdir(), 'crossvault-archive-'));
afterAll(() => rm(work, { recursive: true, force: true }));

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is held for good: buffers are given back some turns after the collection that freed them. */
async function heldBytes(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    collectGarbage();
    await nextTurn();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

const meta = (name: string) => ({
  name: Buffer.from(name),
  mode: 0o4754,
  uid: process.getuid!(),
  gid: process.getgid!(),
  mtimeNs: 1_700_000_001_123_456_789n,
});
async function* of(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}
function file(path: string[], bytes: Uint8Array, rest: Partial<TreeEntry> = {}): ArchiveItem {
  const content = { kind: 'inline', chunks: [] } as const;
  const entry = { ...meta(path.at(-1)!), type: 'file', sizeBytes: bytes.length, content, ...rest };
  const half = bytes.length >> 1;
  const names = path.map((name) => Buffer.from(name));
  return { path: names, entry: entry as TreeEntry, bytes: of(bytes.subarray(0, half), bytes.subarray(half)) };
}
const long = `${'ä'.repeat(90)} with "odd" letters`;
const big = Buffer.from(noise(3_000_000, 1));
const items = (): ArchiveItem[] => [
  {
    path: [Buffer.from('top'), Buffer.from('empty')],
    entry: { ...meta('empty'), type: 'dir', root: Buffer.alloc(16), totals: { files: 0, dirs: 0, bytes: 0 } },
  },
  file(['top', 'a.txt'], Buffer.from('hello')),
  file(['top', 'big.bin'], big),
  file(['top', 'nothing'], Buffer.alloc(0)),
  file(['top', long], Buffer.from('odd name')),
  file(['top', 'one'], Buffer.from('same'), { hardLinkGroup: 7n }),
  file(['top', 'two'], Buffer.from('same'), { hardLinkGroup: 7n }),
  {
    path: [Buffer.from('top'), Buffer.from('link')],
    entry: { ...meta('link'), type: 'symlink', target: Buffer.from('a.txt') },
  },
  { path: [Buffer.from('top'), Buffer.from('pipe')], entry: { ...meta('pipe'), type: 'fifo' } },
];

async function write(writer: ArchiveWriter, all: Iterable<ArchiveItem>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (const item of all) for await (const piece of writer.add(item)) pieces.push(Uint8Array.from(piece));
  for await (const piece of writer.finish()) pieces.push(Uint8Array.from(piece));
  await writer.close();
  return Buffer.concat(pieces);
}

describe('a tar', () => {
  test('is unpacked by tar with names, modes, times to the nanosecond, links and hard links', async () => {
    const path = join(work, 'all.tar');
    await writeFile(path, await write(new TarWriter(), items()));
    const done = spawnSync('tar', ['-xpf', path, '-C', work], { encoding: 'utf8' });
    expect([done.status, done.stderr]).toEqual([0, '']);
    const at = (...names: string[]) => join(work, 'top', ...names);
    expect((await readFile(at('big.bin'))).equals(big)).toBe(true);
    expect(await readFile(at(long), 'utf8')).toBe('odd name');
    expect((await stat(at('nothing'))).size).toBe(0);
    expect((await stat(at('empty'))).isDirectory()).toBe(true);
    expect(await readlink(at('link'))).toBe('a.txt');
    const [one, two] = [await stat(at('one')), await stat(at('two'))];
    expect([one.ino, one.nlink]).toEqual([two.ino, 2]);
    const a = await stat(at('a.txt'), { bigint: true });
    expect(a.mtimeNs).toBe(1_700_000_001_123_456_789n);
    // Permissions as they were, without what would run as somebody else.
    expect(Number(a.mode) & 0o7777).toBe(0o754);
  });

  test('says extended attributes, large owners and times before 1970 in pax records', async () => {
    const xattrs = [{ name: Buffer.from('user.tag'), value: Buffer.from([0, 10, 255]) }];
    const odd = file(['f'], Buffer.from('x'), { xattrs, uid: 4_000_000_000, mtimeNs: -1_500_000_000n });
    const text = (await write(new TarWriter(), [odd])).toString('latin1');
    expect(text).toContain('uid=4000000000\n');
    expect(text).toContain('mtime=-1.500000000\n');
    expect(text).toContain('31 SCHILY.xattr.user.tag=\0\n\xff\n'.slice(2));
  });
});

/** As a reader does: the table of contents at the end, then each file where it says. */
function readZip(zip: Buffer): Map<string, { bytes: Buffer; attributes: number }> {
  const end = zip.length - 22;
  expect(zip.readUInt32LE(end)).toBe(0x06054b50);
  const found = new Map<string, { bytes: Buffer; attributes: number }>();
  let at = zip.readUInt32LE(end + 16);
  for (let row = zip.readUInt16LE(end + 10); row > 0; row--) {
    expect(zip.readUInt32LE(at)).toBe(0x02014b50);
    const [method, crc, packed] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 16),
      zip.readUInt32LE(at + 20),
    ];
    const [nameLength, extra] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)];
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const stored = zip.subarray(start, start + packed);
    const bytes = method === 8 ? inflateRawSync(stored) : stored;
    expect(crc32(bytes)).toBe(crc);
    found.set(name, { bytes, attributes: zip.readUInt32LE(at + 38) >>> 16 });
    at += 46 + nameLength + extra;
  }
  expect(at).toBe(end);
  return found;
}

describe('a zip', () => {
  test('holds every file under its name with its bytes, folders and links as Unix knows them', async () => {
    const found = readZip(await write(new ZipWriter(), items()));
    expect([...found.keys()]).toEqual([
      'top/empty/',
      'top/a.txt',
      'top/big.bin',
      'top/nothing',
      `top/${long}`,
      'top/one',
      'top/two',
      'top/link',
    ]);
    expect(found.get('top/big.bin')!.bytes.equals(big)).toBe(true);
    expect(found.get('top/two')!.bytes.toString()).toBe('same');
    expect(found.get('top/link')).toEqual({ bytes: Buffer.from('a.txt'), attributes: 0o120754 });
    expect(found.get('top/a.txt')!.attributes).toBe(0o100754);
  });

  test('of very many files takes no more memory than of few', async () => {
    const writer = new ZipWriter();
    let written = 0;
    const add = async (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        const item = file(['a folder with a name of some length', `file number ${i}`], Buffer.from('x'));
        for await (const piece of writer.add(item)) written += piece.length;
      }
    };
    await add(0, 5_000);
    const before = await heldBytes();
    await add(5_000, 45_000);
    const grown = (await heldBytes()) - before;
    // 40,000 rows of a table of contents held in memory would be 8 MB of bytes alone, and several times that in objects.
    expect(grown).toBeLessThan(4_000_000);
    let table = 0;
    for await (const piece of writer.finish()) table += piece.length;
    await writer.close();
    expect(table).toBeGreaterThan(45_000 * 80);
    expect(written).toBeGreaterThan(45_000 * 80);
  });
});
