import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findVersion, runCommand, timed } from '../measure';
import { measureTree } from '../tree';
import type { ContenderFactory } from './contender';

/** @returns null where it is not installed. */
export function findBorg(): Promise<string | null> {
  return findVersion(['borg', '--version']);
}

/** One repository: it has no copy under another key, so its restore is from the first. */
export const borg: ContenderFactory = {
  name: 'borg',
  async open(folder) {
    const repository = join(folder, 'repository');
    const env = { BORG_PASSPHRASE: 'bench', BORG_BASE_DIR: join(folder, 'base'), BORG_REPO: repository };
    const call = async (args: string[], cwd?: string) => {
      const { result, ...measured } = await timed(folder, () => runCommand(['borg', ...args], env, cwd));
      return { ...measured, peakBytes: { borg: result.peakBytes } };
    };
    await call(['init', '-e', 'repokey']);
    let archives = 0;
    const backup = ({ source }: { source: string }) =>
      call(['create', '-C', 'lz4', `::archive-${archives++}`, source]);
    return {
      name: 'borg',
      steps: {
        'first backup': backup,
        'unchanged backup': backup,
        'changed backup': backup,
        'backup of scattered changes': backup,
        async 'restore from the copy'({ restoreTo }) {
          await mkdir(restoreTo);
          return call(['extract', `::archive-${archives - 1}`], restoreTo);
        },
      },
      restoredTree: ({ restoreTo, source }) => join(restoreTo, source),
      facts: async () => ({ storedBytes: measureTree(repository).bytes }),
      close: async () => {},
    };
  },
};
