import type { ClientFolder } from '../config';
import type { JobContext, JobResult } from '../jobs/run-job';
import type { BackupOffer } from '../sources/adapter';
import { BackupPass, type CachePaths } from './backup-pass';
import { countSource } from './count-source';
import { cacheName, removeCache } from './file-cache';
import { readOwnerNames } from './owners';
import { runTreeBackup } from './run-tree-backup';
import { createSource } from './source-walk';

/** Backs up folders of this host. Files that were read are not read again when the gateway has to be told anew. */
export async function runBackup(context: JobContext, offer: BackupOffer): Promise<JobResult> {
  const { spec, vaultId } = offer.work;
  const source = createSource(spec.paths, spec.excludes, await readOwnerNames());
  const caches = await locateCaches(context.folder, vaultId, spec.paths);
  return runTreeBackup(context, offer, {
    count: (signal) => countSource(source, signal),
    pass: async (pass) => {
      const { root, readBytes, commitCache } = await BackupPass.run({
        ...pass,
        source,
        header: { vaultId, lineageId: pass.lineageId },
        parentPointId: pass.parent?.pointId ?? null,
        caches,
      });
      return {
        root,
        readBytes,
        committed: async (pointId) => {
          await commitCache(pointId);
          await removeCache(caches.partial);
        },
      };
    },
  });
}

async function locateCaches(
  folder: ClientFolder,
  vaultId: string,
  paths: readonly string[],
): Promise<CachePaths> {
  await folder.prepare('cache');
  const name = cacheName(vaultId, paths);
  const at = (suffix: string) => folder.file('cache', `${name}.${suffix}`);
  return { committed: at('cache'), partial: at('partial'), next: at('next') };
}
