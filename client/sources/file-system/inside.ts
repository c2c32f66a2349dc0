import { statfs } from 'node:fs/promises';
import { posix } from 'node:path';
import type { Mount } from '@/lib/engine/core/posix/mounts';
import { type HeldFolder, RestoreFolders } from '@/lib/engine/core/restore-folders';
import { CrossvaultError } from '@/lib/errors';
import { formatBytes } from '../../format';

/**
 * A folder of a mounted file system, held open; no part of its path may be a link, for whoever writes to the file system
 * could let one lead anywhere on this machine. To be released.
 * @returns null when it is not there and is not to be made.
 */
export function openInside(
  mount: Mount,
  path: string,
  { isMaking }: { isMaking: boolean },
): HeldFolder | null {
  const names = posix
    .normalize(`/${path}`)
    .split('/')
    .filter((name) => name !== '')
    .map((name) => Buffer.from(name));
  const folders = new RestoreFolders(Buffer.from(mount.mountPath), 'skip');
  try {
    const held = isMaking ? folders.open(names) : folders.find(names);
    if (held.device === mount.device) return held;
    held.release();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!isMaking && code === 'ENOENT') return null;
    if (!(error instanceof CrossvaultError)) throw error;
  } finally {
    folders.close();
  }
  throw new CrossvaultError(
    'state_conflict',
    `${posix.normalize(`/${path}`)} leads through a link, a file or another file system. Choose another folder.`,
    { reason: 'target_unusable' },
  );
}

export async function roomIn({ mountPath }: Mount): Promise<number> {
  const { bavail, bsize } = await statfs(mountPath);
  return bavail * bsize;
}

export async function describeRoom({ mountPath }: Mount): Promise<{ label: string; value: string }[]> {
  const { bavail, blocks, bsize } = await statfs(mountPath);
  const value = `${formatBytes(bavail * bsize)} of ${formatBytes(blocks * bsize)}`;
  return [{ label: 'Free', value }];
}
