import { posix } from 'node:path';
import { LookAhead } from '@/lib/engine/core/look/look-ahead';
import { type Mount, requireStillMounted } from '@/lib/engine/core/posix/mounts';
import type { MetaSources } from '@/lib/engine/core/walk';
import { ThreadPool } from '@/lib/engine/core/work/pool';
import type { OfferedSource } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import type { SourceCheck } from '@/lib/sources/schemas';
import { backUpFiles } from '../../backup/run-backup';
import { createSource } from '../../backup/source-walk';
import type { ClientFolder } from '../../config';
import { runDryRun } from '../../restore/run-dry-run';
import { restoreFiles } from '../../restore/run-restore';
import type { RestoreOffer, SourceAdapter } from '../adapter';
import { describeRoom, openInside, roomIn } from './inside';
import { listFolder } from './list-folder';

/** How a kind of file system is found, and what is special about it. */
export interface FileSystemKindRules {
  /** What is mounted, once it is sure to be what was registered. @throws `unavailable` with the reason. */
  open(source: OfferedSource, folder: ClientFolder): Promise<Mount>;
  /** The folder of a restore, from the root of the file system. */
  targetOf(offer: RestoreOffer, mount: Mount): string;
  /** Threads that look at folders ahead of the walk; for file systems that answer many questions at once. */
  threads?: number;
  /** Files whose contents are read at once. */
  filesAtATime?: number;
}

/** A mounted file system: backed up and restored as a tree of its own, whose root is the mount. */
export function createFileSystemAdapter({
  open,
  targetOf,
  threads = 0,
  filesAtATime,
}: FileSystemKindRules): SourceAdapter {
  return {
    check: async ({ source, folder }) => usable(await open(source, folder)),

    async list({ path, cursor }, { source, folder }) {
      return listFolder(await open(source, folder), path, cursor);
    },

    async destination({ path }, { source, folder }) {
      const mount = await open(source, folder);
      const held = openInside(mount, path, { isMaking: false });
      held?.release();
      const room = await usable(mount);
      const what = held ? 'The folder is there already.' : 'The folder will be made.';
      return { ...room, message: `${room.message} ${what}` };
    },

    async backup(context, offer) {
      const source = requireSource(offer.work.source);
      const mount = await open(source, context.folder);
      const { paths, excludes, includes } = offer.work.spec;
      const base = { path: Buffer.from(mount.mountPath), device: mount.device };
      // While its root is held open, the number of this mount is given to no other.
      const held = openInside(mount, '/', { isMaking: true });
      const pool = threads > 0 ? new ThreadPool({ threads }) : null;
      const lister = pool && ((sources: MetaSources) => new LookAhead(pool, sources));
      try {
        return await backUpFiles(context, offer, {
          source: {
            ...createSource(paths, excludes, { base, includes }),
            ...(lister && { lister }),
            filesAtATime,
          },
          cacheKey: [`source ${source.id}`, ...paths],
          confirm: () => requireStillMounted(mount),
        });
      } finally {
        await pool?.close();
        held?.release();
      }
    },

    async restore(context, offer) {
      const mount = await open(requireSource(offer.work.source), context.folder);
      const target = posix.normalize(`/${targetOf(offer, mount)}`);
      const { isDryRun } = offer.work.spec;
      const held = openInside(mount, target, { isMaking: !isDryRun });
      try {
        const root = held?.self ?? null;
        if (isDryRun || !root)
          return await runDryRun(context, offer, target, { root, freeBytes: await roomIn(mount) });
        const confirm = () => requireStillMounted(mount);
        return await restoreFiles(context, offer, { root, targetPath: target, confirm });
      } finally {
        held?.release();
      }
    },
  };
}

async function usable(mount: Mount): Promise<SourceCheck> {
  return {
    isUsable: true,
    message: 'It is mounted and is what was registered.',
    facts: [
      { label: 'File system', value: mount.fsType },
      { label: 'Mounted from', value: mount.source.slice(0, 500) },
      ...(await describeRoom(mount)),
    ],
  };
}

function requireSource(source: OfferedSource | null): OfferedSource & { id: string } {
  if (source?.id) return { ...source, id: source.id };
  throw new CrossvaultError('invalid_input', 'The job names no registered file system.');
}
