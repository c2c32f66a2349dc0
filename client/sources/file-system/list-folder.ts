import { lstatSync, readdirSync, type Stats } from 'node:fs';
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
    return pageOf(readdirSync(held.self), cursor, (name) => ({
      path: posix.join(folder, name),
      stats: lstatSync(held.at(Buffer.from(name)), { throwIfNoEntry: false }),
    }));
  } finally {
    held.release();
  }
}

type Look = (name: string) => { path: string; stats: Stats | undefined };

/** The names that come after `cursor`, each looked at; what went meanwhile is left out. */
export function pageOf(names: readonly string[], cursor: string | null, look: Look): SourceListing {
  const rest = names.filter((name) => !name.includes('\ufffd') && (cursor === null || name > cursor)).sort();
  const page = rest.slice(0, pageSize);
  const entries = page.flatMap((name) => {
    const { path, stats } = look(name);
    if (!stats) return [];
    const isFolder = stats.isDirectory();
    const sizeBytes = stats.isFile() ? stats.size : null;
    return [{ path, name, isFolder, sizeBytes, modifiedAt: stats.mtime.toISOString(), detail: null }];
  });
  return { entries, nextCursor: rest.length > pageSize ? (page.at(-1) ?? null) : null };
}
