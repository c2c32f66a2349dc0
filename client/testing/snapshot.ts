import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { joinPath, readSortedNames } from '@/lib/engine/core/walk';

export interface Seen {
  type: 'file' | 'dir' | 'symlink' | 'other';
  mode: number;
  uid: number;
  gid: number;
  /** Node sets times in whole microseconds; the rest of the nanoseconds is lost. */
  mtimeUs: number;
  sizeBytes: number;
  sha256: string | null;
  target: string | null;
}

/** Everything below a folder, itself included, by raw path (as latin1) below it. */
export async function snapshot(folder: Buffer | string): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  const look = async (path: Buffer, below: Buffer): Promise<void> => {
    const stats = await lstat(path, { bigint: true });
    const type = stats.isFile()
      ? 'file'
      : stats.isDirectory()
        ? 'dir'
        : stats.isSymbolicLink()
          ? 'symlink'
          : 'other';
    seen.set(below.toString('latin1'), {
      type,
      mode: Number(stats.mode & 0o7777n),
      uid: Number(stats.uid),
      gid: Number(stats.gid),
      mtimeUs: Number(stats.mtimeNs / 1000n),
      sizeBytes: type === 'dir' ? 0 : Number(stats.size),
      sha256: type === 'file' ? await hashOf(path) : null,
      target: type === 'symlink' ? (await readlink(path, { encoding: 'buffer' })).toString('latin1') : null,
    });
    if (type !== 'dir') return;
    for (const name of await readSortedNames(path)) await look(joinPath(path, name), joinPath(below, name));
  };
  await look(Buffer.from(folder), Buffer.alloc(0));
  return seen;
}

async function hashOf(path: Buffer): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex');
}
