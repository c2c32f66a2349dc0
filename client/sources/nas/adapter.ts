import { lstat, readdir, realpath } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { OfferedSource } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import { runBackup } from '../../backup/run-backup';
import { runRestore } from '../../restore/run-restore';
import type { SourceAdapter } from '../adapter';

const pageSize = 500;

/** A file system that the operator mounted on this machine. */
export const nasAdapter: SourceAdapter = {
  async check({ source }) {
    const root = await findRoot(source);
    const names = await readdir(root);
    return {
      isUsable: true,
      message: 'The file system is mounted and can be read.',
      facts: [{ label: 'Entries at its root', value: String(names.length) }],
    };
  },

  async list({ path, cursor }, { source }) {
    const root = await findRoot(source);
    const folder = await realpath(join(root, posix.normalize(`/${path}`)));
    if (folder !== root && !folder.startsWith(`${root}/`))
      throw new CrossvaultError('not_found', 'This folder is not in the file system.');
    const names = (await readdir(folder)).sort();
    const from = cursor ? names.findIndex((name) => name > cursor) : 0;
    const page = from < 0 ? [] : names.slice(from, from + pageSize);
    const entries = await Promise.all(
      page.map(async (name) => {
        const stats = await lstat(join(folder, name));
        return {
          path: posix.join(posix.normalize(`/${path}`), name),
          name,
          isFolder: stats.isDirectory(),
          sizeBytes: stats.isFile() ? stats.size : null,
          modifiedAt: stats.mtime.toISOString(),
          detail: null,
        };
      }),
    );
    const hasMore = from >= 0 && from + pageSize < names.length;
    return { entries, nextCursor: hasMore ? (page.at(-1) ?? null) : null };
  },

  async backup(context, offer) {
    const root = await findRoot(offer.work.source);
    const paths = offer.work.spec.paths.map((path) => posix.join(root, posix.normalize(`/${path}`)));
    return runBackup(context, { ...offer, work: { ...offer.work, spec: { ...offer.work.spec, paths } } });
  },

  async restore(context, offer) {
    const root = await findRoot(offer.work.source);
    const { destination } = offer.work.spec;
    const below = destination.kind === 'file_system' ? destination.path : '/';
    const targetPath = posix.join(root, posix.normalize(`/${below}`));
    const spec = { ...offer.work.spec, destination: { kind: 'host' as const, targetPath } };
    return runRestore(context, { ...offer, work: { ...offer.work, spec } });
  },
};

/** @throws `unavailable` while the operator has not said where it is mounted. */
async function findRoot(source: OfferedSource | null): Promise<string> {
  const mountPath = source?.place?.mountPath;
  if (!mountPath) {
    throw new CrossvaultError(
      'unavailable',
      'The operator has not registered where this file system is mounted.',
      { reason: 'file_system_unknown' },
    );
  }
  return realpath(mountPath);
}
