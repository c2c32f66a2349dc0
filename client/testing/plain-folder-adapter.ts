import { posix } from 'node:path';
import { runBackup } from '../backup/run-backup';
import { runRestore } from '../restore/run-restore';
import type { SourceAdapter } from '../sources/adapter';

/** File systems that are folders of this machine, for tests of what is around an adapter. */
export function plainFolderAdapter(folderOf: (fileSystemId: string) => string): SourceAdapter {
  const rootOf = (source: { config: object } | null) =>
    folderOf((source!.config as { fileSystemId: string }).fileSystemId);
  return {
    check: async () => ({ isUsable: true, message: 'It is a folder.', facts: [] }),
    list: async () => ({ entries: [], nextCursor: null }),

    async backup(context, offer) {
      const paths = offer.work.spec.paths.map((path) => posix.join(rootOf(offer.work.source), path));
      const spec = { ...offer.work.spec, paths };
      return runBackup(context, { ...offer, work: { ...offer.work, spec } });
    },

    async restore(context, offer) {
      const { destination } = offer.work.spec;
      const below = destination.kind === 'file_system' ? destination.path : '/';
      const targetPath = posix.join(rootOf(offer.work.source), below);
      const spec = { ...offer.work.spec, destination: { kind: 'host' as const, targetPath } };
      return runRestore(context, { ...offer, work: { ...offer.work, spec } });
    },
  };
}
