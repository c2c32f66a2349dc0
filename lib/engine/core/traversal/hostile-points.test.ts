import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ByteWriter } from '../bytes';
import { createXattrReader } from '../posix/xattrs';
import { restoreTree } from '../restore-tree';
import { RestoreWriter } from '../restore-writer';
import type { FileEntry } from '../tree/entry';
import { encodeEntry } from '../tree/entry-codec';
import { decodePage, encodePageHeader } from '../tree/page';
import type { TreeReader } from '../tree/tree-reader';
import { joinPath } from '../walk';
import { inlinePool } from '../work/pool';
import { Dice, type HostilePoint, makeHostilePoint } from './hostile-points';

/** `CROSSVAULT_TRAVERSAL=full` takes minutes. */
const isFull = process.env.CROSSVAULT_TRAVERSAL === 'full';
const points = isFull ? 10_000 : 600;
const pages = isFull ? 50_000 : 3_000;
const base = await mkdtemp(join(tmpdir(), 'crossvault-hostile-'));
afterAll(() => rm(base, { recursive: true, force: true }));

interface Arena {
  folder: string;
  root: string;
  outside: string;
}

/** A restore's root that has doors in it already, beside what must not be touched. */
function makeArena(name: string): Arena {
  const folder = join(base, name);
  const [root, outside] = [join(folder, 'root'), join(folder, 'outside')];
  for (const made of [root, join(outside, 'dir')]) mkdirSync(made, { recursive: true });
  writeFileSync(join(outside, 'victim'), 'safe');
  symlinkSync(outside, join(root, 'door'));
  symlinkSync('../outside/victim', join(root, 'link'));
  mkdirSync(join(root, 'dir'));
  symlinkSync('..', join(root, 'dir', 'a'));
  return { folder, root, outside };
}

/** Every path below a folder and itself; links are not followed, which Node's own recursion does. */
function listAll(folder: Buffer): Buffer[] {
  const names = readdirSync(folder, { encoding: 'buffer' }).sort(Buffer.compare);
  const below = names.map((name) => joinPath(folder, name));
  return [folder, ...below.flatMap((path) => (lstatSync(path).isDirectory() ? listAll(path) : [path]))];
}

/** Everything of a folder that a restore could change. */
function look(folder: string): string[] {
  const read = createXattrReader();
  return listAll(Buffer.from(folder)).map((path) => {
    const stats = lstatSync(path, { bigint: true });
    const { ino, mode, uid, gid, size, mtimeNs, nlink, dev } = stats;
    const text = stats.isFile() ? readFileSync(path, 'latin1') : '';
    const xattrs = JSON.stringify(read?.(path, dev) ?? {});
    return [path.toString('latin1'), ino, mode, uid, gid, size, mtimeNs, nlink, text, xattrs].join('|');
  });
}

/** Of the arena, all but what is below the root. */
function lookAround({ folder, outside }: Arena): string[] {
  return [...readdirSync(folder).sort(), ...look(outside), String(existsSync('/etc/crossvault-traversal'))];
}

/** The walk of a reader that checks nothing. */
function uncheckedTree({ entries }: HostilePoint): TreeReader {
  return {
    async *walk() {
      yield* entries;
    },
    async *chunks() {},
  } as unknown as TreeReader;
}

/** @returns how many entries were written. */
async function restore(
  point: HostilePoint,
  { root }: Arena,
  dice: Dice,
  setOwners: boolean,
): Promise<number> {
  let current: FileEntry | null = null;
  const tree = uncheckedTree(point);
  const writer = new RestoreWriter({
    root: Buffer.from(root),
    conflict: dice.pick(['overwrite', 'overwrite', 'skip', 'keep_both', 'only_if_newer']),
    setOwners,
    ...(dice.roll(4) === 0 && { foldsNames: true }),
    ...(dice.roll(2) === 0 && { pool: inlinePool }),
  });
  const write = writer.file.bind(writer);
  writer.file = (folder, entry, content) => {
    current = entry;
    return write(folder, entry, content);
  };
  try {
    const report = await restoreTree({
      tree,
      root: Buffer.alloc(16),
      writer,
      readChunks: async function* () {
        yield point.contentOf(current!);
      },
    });
    return report.files + report.dirs + report.links;
  } finally {
    writer.close();
  }
}

/** As a program does that trusts what it reads. */
function restoreTrustingly(point: HostilePoint, { root }: Arena): void {
  for (const { path, entry } of point.entries) {
    const target = join(root, ...[...path, entry.name].map((name) => Buffer.from(name).toString('latin1')));
    try {
      mkdirSync(dirname(target), { recursive: true });
      if (entry.type === 'file') writeFileSync(target, point.contentOf(entry));
      else if (entry.type === 'symlink') symlinkSync(Buffer.from(entry.target), target);
    } catch {
      // On to the next.
    }
  }
}

/** What an arena must never hold. Every other one is restored without owners: nothing in it may lend anybody's rights. */
function findForbidden({ root, folder }: Arena): string[] {
  return listAll(Buffer.from(root)).flatMap((path) => {
    const stats = lstatSync(path);
    if (stats.isBlockDevice() || stats.isCharacterDevice()) return [`device ${path}`];
    const lendsRights = stats.isFile() && (stats.mode & 0o6000) !== 0;
    if (lendsRights && folder.includes('unowned')) return [`setuid ${path}`];
    return stats.isFile() && stats.size > 10_000 ? [`size ${path}`] : [];
  });
}

describe(`${points} hostile points`, () => {
  let arena: Arena;

  it('change nothing outside the root, make no device, no setuid without its owner and nothing of a size not declared', async () => {
    const isRoot = process.getuid?.() === 0;
    let written = 0;
    for (let seed = 0; seed < points; seed++) {
      const setOwners = isRoot && seed % 40 >= 20;
      if (seed % 20 === 0) arena = makeArena(`${setOwners ? 'owned' : 'unowned'}-${seed}`);
      const before = lookAround(arena);
      const dice = new Dice((seed + 1) * 7919);
      written += await restore(makeHostilePoint(dice, arena.outside), arena, dice, setOwners);
      expect(lookAround(arena), `seed ${seed}`).toEqual(before);
      expect(findForbidden(arena), `seed ${seed}`).toEqual([]);
    }
    expect(written).toBeGreaterThan(points);
  }, 900_000);

  it('do get out of a restore that trusts them: the test would notice', () => {
    let escapes = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const arena = makeArena(`trusting-${seed}`);
      const before = lookAround(arena);
      restoreTrustingly(makeHostilePoint(new Dice(seed * 7919), arena.outside), arena);
      if (JSON.stringify(lookAround(arena)) !== JSON.stringify(before)) escapes++;
    }
    rmSyncQuietly('/etc/crossvault-traversal');
    expect(escapes).toBeGreaterThan(10);
  });
});

describe(`${pages} hostile pages`, () => {
  it('are refused by the decoder or hold names that lead nowhere', () => {
    let refused = 0;
    for (let seed = 1; seed <= pages; seed++) {
      const dice = new Dice(seed * 104_729);
      const page = forgePage(dice);
      try {
        const decoded = decodePage(page);
        for (const entry of decoded.kind === 'dir' && 'entries' in decoded ? decoded.entries : [])
          expect(leadsAway(entry.name), `seed ${seed}`).toBe(false);
      } catch (error) {
        expect(error, `seed ${seed}`).toMatchObject({ code: 'corrupt_data' });
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(pages / 2);
    expect(refused).toBeLessThan(pages);
  });
});

const eightBytes = ['../../ab', '/etc/abc', '..\0\0\0\0\0\0', 'a/b/c/d/', './../../', 'plain-ok', '........'];

/** A page of good entries, written over with what a hand made it say. */
function forgePage(dice: Dice): Buffer {
  const count = 1 + dice.roll(4);
  const body = new ByteWriter(1024);
  for (let i = 0; i < count; i++) {
    const name = Buffer.from(`name-${i}-x`);
    const meta = { name, mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n };
    encodeEntry(body, { ...meta, type: 'file', sizeBytes: 0, content: { kind: 'inline', chunks: [] } });
  }
  const page = Buffer.concat([encodePageHeader('dir', 0, count), body.finish()]);
  if (dice.roll(2) === 0) page.write(dice.pick(eightBytes), page.indexOf('name-'), 'latin1');
  else for (let i = 0; i <= dice.roll(4); i++) page[dice.roll(page.length)] = dice.roll(256);
  return page;
}

function leadsAway(name: Uint8Array): boolean {
  const text = Buffer.from(name).toString('latin1');
  return text === '' || text === '.' || text === '..' || text.includes('/') || text.includes('\0');
}

function rmSyncQuietly(path: string): void {
  if (existsSync(path)) rmSync(path);
}
