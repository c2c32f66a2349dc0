import { lstatSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import type { Mount } from '@/lib/engine/core/posix/mounts';
import { CrossvaultError } from '@/lib/errors';
import type { SourceListing } from '@/lib/sources/schemas';
import { openInside } from './inside';

const pageSize = 500;

/** One page of a folder, by name. Names that are no UTF-8 cannot be chosen and are left out. */
export function listFolder(mount: Mount, path: string, cursor: string | null): SourceListing {
  const folder = posix.normalize(`/${path}`);
  const held = openInside(mount, folder, { isMaking: false });
  if (!held) throw new CrossvaultError('not_found', `There is no folder ${folder} in the file system.`);
  try {
    const names = readdirSync(held.self)
      .filter((name) => !name.includes('\ufffd') && (cursor === null || name > cursor))
      .sort();
    const page = names.slice(0, pageSize);
    const entries = page.flatMap((name) => {
      const stats = lstatSync(held.at(Buffer.from(name)), { throwIfNoEntry: false });
      if (!stats) return [];
      const isFolder = stats.isDirectory();
      const sizeBytes = stats.isFile() ? stats.size : null;
      const modifiedAt = stats.mtime.toISOString();
      return [{ path: posix.join(folder, name), name, isFolder, sizeBytes, modifiedAt, detail: null }];
    });
    return { entries, nextCursor: names.length > pageSize ? (page.at(-1) ?? null) : null };
  } finally {
    held.release();
  }
}
