import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

export interface TreeItem {
  /** Below the root; empty for the root itself. Latin-1, so that no byte of a name is lost. */
  path: string;
  stats: Stats;
}

/** Everything in a tree, parents first, by name. */
export function* walkTree(root: string, path = ''): Generator<TreeItem> {
  const stats = lstatSync(rawPath(root, path));
  yield { path, stats };
  if (!stats.isDirectory()) return;
  const names = readdirSync(rawPath(root, path), { encoding: 'latin1' });
  for (const name of names.sort()) yield* walkTree(root, join(path, name));
}

export interface TreeSize {
  files: number;
  bytes: number;
}

export function measureTree(root: string): TreeSize {
  const total = { files: 0, bytes: 0 };
  for (const { stats } of walkTree(root)) {
    if (!stats.isFile()) continue;
    total.files++;
    total.bytes += stats.size;
  }
  return total;
}

/** @returns what differs between a tree and its copy: names, kinds, modes, times of files, link targets, every byte. */
export async function compareTrees(original: string, copy: string): Promise<string[]> {
  const differences: string[] = [];
  const left = new Map<string, Stats>();
  for (const { path, stats } of walkTree(copy)) left.set(path, stats);
  for (const { path, stats } of walkTree(original)) {
    const other = left.get(path);
    left.delete(path);
    const difference = other ? await compareItem(original, copy, path, stats, other) : 'is missing';
    if (difference && path !== '') differences.push(`${path} ${difference}`);
  }
  for (const path of left.keys()) differences.push(`${path} is not in the original`);
  return differences;
}

async function compareItem(
  original: string,
  copy: string,
  path: string,
  a: Stats,
  b: Stats,
): Promise<string | null> {
  if (a.mode !== b.mode) return `has mode ${b.mode.toString(8)} instead of ${a.mode.toString(8)}`;
  const [from, to] = [rawPath(original, path), rawPath(copy, path)];
  if (a.isSymbolicLink()) return readlinkSync(from) === readlinkSync(to) ? null : 'points elsewhere';
  if (!a.isFile()) return null;
  if (a.size !== b.size) return `has ${b.size} bytes instead of ${a.size}`;
  // Restored times are exact to the microsecond, which a number of milliseconds may round differently.
  if (Math.abs(a.mtimeMs - b.mtimeMs) >= 0.01) return 'has another modification time';
  return (await hasSameBytes(from, to)) ? null : 'has other bytes';
}

const pieceBytes = 1024 * 1024;
const pieces = [Buffer.alloc(pieceBytes), Buffer.alloc(pieceBytes)] as const;

async function hasSameBytes(a: Buffer, b: Buffer): Promise<boolean> {
  const files = await Promise.all([open(a), open(b)]);
  try {
    for (;;) {
      const [left, right] = await Promise.all(
        files.map((file, n) => file.read(pieces[n]!, 0, pieceBytes).then(({ bytesRead }) => bytesRead)),
      );
      if (left !== right) return false;
      if (left === 0) return true;
      if (Buffer.compare(pieces[0].subarray(0, left), pieces[1].subarray(0, left)) !== 0) return false;
    }
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

export function rawPath(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(root), Buffer.from(path === '' ? '' : `/${path}`, 'latin1')]);
}
