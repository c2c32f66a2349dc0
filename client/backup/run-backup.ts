import type { JobContext, JobResult } from '../jobs/run-job';
import type { BackupOffer } from '../sources/adapter';
import { BackupPass } from './backup-pass';
import { locateCaches } from './cache-paths';
import { countSource } from './count-source';
import { removeCache } from './file-cache';
import { readOwnerNames } from './owners';
import { runTreeBackup } from './run-tree-backup';
import { createSource, type Source } from './source-walk';

/** Backs up folders of this host. */
export async function runBackup(context: JobContext, offer: BackupOffer): Promise<JobResult> {
  const { paths, excludes, includes } = offer.work.spec;
  const source = createSource(paths, excludes, { owners: await readOwnerNames(), includes });
  return backUpFiles(context, offer, { source, cacheKey: paths });
}

export interface FilesToBackUp {
  source: Source;
  /** What tells its cache from others of the same vault. */
  cacheKey: readonly string[];
  /** Asked when everything is read and before the point is made. @throws why there must be none. */
  confirm?(): Promise<void>;
}

/** Files that were read are not read again when the gateway has to be told anew. */
export async function backUpFiles(
  context: JobContext,
  offer: BackupOffer,
  { source, cacheKey, confirm }: FilesToBackUp,
): Promise<JobResult> {
  const { vaultId } = offer.work;
  const caches = await locateCaches(context.folder, vaultId, cacheKey);
  return runTreeBackup(context, offer, {
    count: (signal) => countSource(source, signal),
    pass: async (pass) => {
      const { root, readBytes, commitCache, keepCache } = await BackupPass.run({
        ...pass,
        source,
        header: { vaultId, lineageId: pass.lineageId },
        parentPointId: pass.parent?.pointId ?? null,
        isFirst: pass.number === 1,
        caches,
        confirm,
      });
      return {
        root,
        readBytes,
        committed: async (pointId) => {
          await commitCache(pointId);
          await removeCache(caches.partial);
        },
        abandoned: keepCache,
      };
    },
  });
}
