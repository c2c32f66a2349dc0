import { createHash } from 'node:crypto';
import { type BigIntStats, createReadStream } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { posixCalls } from '@/lib/engine/core/posix/calls';
import { createXattrReader } from '@/lib/engine/core/posix/xattrs';
import { joinPath, readSortedNames } from '@/lib/engine/core/walk';

export interface Seen {
  type: 'file' | 'dir' | 'symlink' | 'fifo' | 'socket' | 'device';
  mode: number;
  uid: number;
  gid: number;
  /** To the microsecond where Node alone has to set it. */
  mtime: bigint;
  sizeBytes: number;
  hasHoles: boolean;
  device: bigint;
  /** Attributes and access lists, `name=base64`. */
  xattrs: string[];
  sha256: string | null;
  target: string | null;
}

/** Everything below a folder, itself included, by raw path (as latin1) below it. */
export async function snapshot(folder: Buffer | string): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  const look = async (path: Buffer, below: Buffer): Promise<void> => {
    const stats = await lstat(path, { bigint: true });
    const type = typeOf(stats);
    seen.set(below.toString('latin1'), {
      type,
      mode: Number(stats.mode & 0o7777n),
      uid: Number(stats.uid),
      gid: Number(stats.gid),
      mtime: posixCalls ? stats.mtimeNs : stats.mtimeNs / 1000n,
      sizeBytes: type === 'dir' ? 0 : Number(stats.size),
      hasHoles: type === 'file' && stats.blocks * 512n < stats.size,
      device: type === 'device' ? stats.rdev : 0n,
      xattrs: readXattrs(path, stats.dev),
      sha256: type === 'file' ? await hashOf(path) : null,
      target: type === 'symlink' ? (await readlink(path, { encoding: 'buffer' })).toString('latin1') : null,
    });
    if (type !== 'dir') return;
    for (const name of await readSortedNames(path)) await look(joinPath(path, name), joinPath(below, name));
  };
  await look(Buffer.from(folder), Buffer.alloc(0));
  return seen;
}

const xattrReader = createXattrReader();

function readXattrs(path: Buffer, device: bigint): string[] {
  const { xattrs = [] } = xattrReader?.(path, device) ?? {};
  return xattrs.map(({ name, value }) => `${Buffer.from(name)}=${Buffer.from(value).toString('base64')}`);
}

function typeOf(stats: BigIntStats): Seen['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'dir';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  return stats.isSocket() ? 'socket' : 'device';
}

async function hashOf(path: Buffer): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex');
}
