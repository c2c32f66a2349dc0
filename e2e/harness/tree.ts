import { createCipheriv, createHash } from 'node:crypto';
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A tree with every name that has broken a backup tool: raw bytes, line ends, the longest name, empty things. */
export function makeHardTree(root: string, marker: string, largeBytes = 9 * 1024 * 1024): void {
  const folder = (name: string | Buffer) => {
    const path = Buffer.isBuffer(name) ? Buffer.concat([Buffer.from(`${root}/`), name]) : join(root, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const file = (
    name: string | Buffer,
    bytes: Buffer | string,
    mode = 0o644,
    at = new Date('2025-03-04T05:06:07.089Z'),
  ) => {
    const path = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)]);
    writeFileSync(path, bytes);
    chmodSync(path, mode);
    utimesSync(path, at, at);
  };
  folder('.');
  folder('plain/deep/er/still');
  folder('empty folder');
  folder('größe-計-🙂');
  file('plain/readme.txt', `marker ${marker}\n`);
  file('plain/deep/er/still/leaf.bin', createHash('sha512').update(marker).digest());
  file('plain/read-only.txt', 'r', 0o400);
  file('plain/run.sh', '#!/bin/sh\n', 0o750);
  file('plain/zero', '');
  file(' leading and trailing ', 'spaces');
  file('two\nlines', 'newline');
  file('größe-計-🙂/ñandú.txt', 'unicode');
  file('e\u0301 decomposed', 'nfd');
  file(`${'x'.repeat(255)}`, '255 bytes');
  file(Buffer.from([0x62, 0xff, 0xfe, 0x2e, 0x62, 0x69, 0x6e]), 'no utf-8');
  file('large.bin', pseudoRandom(largeBytes, marker));
  file('repeats.bin', Buffer.alloc(6 * 1024 * 1024, marker));
  symlinkSync('plain/readme.txt', join(root, 'link'));
  symlinkSync('nowhere/to/be/found', join(root, 'dangling link'));
  for (let n = 0; n < 300; n++)
    file(`plain/deep/item-${String(n).padStart(4, '0')}.txt`, `item ${n} of ${marker}\n`);
}

/** One working day later: files that changed, came, went and were renamed, and a megabyte in the middle of a large one. */
export function changeTree(root: string, marker: string): void {
  writeFileSync(join(root, 'plain/readme.txt'), `marker ${marker}\n`);
  writeFileSync(join(root, `größe-計-🙂/new in ${marker}.txt`), marker);
  rmSync(join(root, 'plain/deep/item-0007.txt'), { force: true });
  renameSync(join(root, 'plain/deep/item-0008.txt'), join(root, 'plain/deep/item-0007.txt'));
  writeFileSync(join(root, 'plain/deep/item-0008.txt'), `item 8 of ${marker}\n`);
  chmodSync(join(root, 'plain/run.sh'), 0o700);
  const file = openSync(join(root, 'large.bin'), 'r+');
  writeSync(file, pseudoRandom(1024 * 1024, marker), 0, 1024 * 1024, 4 * 1024 * 1024);
  closeSync(file);
}

/** Bytes that neither compress nor repeat, the same for the same seed. */
export function pseudoRandom(size: number, seed: string): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

export interface TreeEntry {
  type: 'file' | 'folder' | 'symlink' | 'other';
  mode: number;
  /** Whole microseconds, the precision Node can set. */
  mtimeUs: string;
  /** SHA-256 of a file's bytes, the target of a link. */
  content: string;
}

/** What a tree holds, by path below its root (latin1 text, so that no byte of a name is lost). */
export async function describeTree(root: string): Promise<Map<string, TreeEntry>> {
  const found = new Map<string, TreeEntry>();
  const visit = async (below: Buffer): Promise<void> => {
    const here = below.length ? Buffer.concat([Buffer.from(`${root}/`), below]) : Buffer.from(root);
    for (const name of await readdir(here, { encoding: 'buffer' })) {
      const path = below.length ? Buffer.concat([below, Buffer.from('/'), name]) : name;
      const full = Buffer.concat([Buffer.from(`${root}/`), path]);
      const stat = await lstat(full, { bigint: true });
      found.set(path.toString('latin1'), await describeEntry(full, stat));
      if (stat.isDirectory()) await visit(path);
    }
  };
  await visit(Buffer.alloc(0));
  return found;
}

async function describeEntry(path: Buffer, stat: BigIntStats): Promise<TreeEntry> {
  const common = { mode: Number(stat.mode & 0o7777n), mtimeUs: String(stat.mtimeNs / 1000n) };
  if (stat.isFile()) {
    return {
      ...common,
      type: 'file',
      content: createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    };
  }
  if (stat.isSymbolicLink()) {
    const target = await readlink(path, { encoding: 'buffer' });
    return { mode: 0, mtimeUs: '', type: 'symlink', content: target.toString('latin1') };
  }
  return { ...common, type: stat.isDirectory() ? 'folder' : 'other', content: '' };
}
