import { join } from 'node:path';
import { findVersion, runCommand, timed } from '../measure';
import { measureTree } from '../tree';
import type { ContenderFactory } from './contender';

/** @returns null where it is not installed. */
export async function findRestic(): Promise<{ version: string } | null> {
  const version = await findVersion(['restic', 'version']);
  return version ? { version } : null;
}

/** Two repositories with different passwords and the same chunker, joined by `restic copy`. */
export const restic: ContenderFactory = {
  name: 'restic',
  async open(folder) {
    const first = join(folder, 'first');
    const second = join(folder, 'second');
    const env = {
      RESTIC_PASSWORD: 'first',
      RESTIC_CACHE_DIR: join(folder, 'cache'),
      RESTIC_PROGRESS_FPS: '0.1',
    };
    const secondEnv = { ...env, RESTIC_PASSWORD: 'second', RESTIC_FROM_PASSWORD: 'first' };
    const call = async (args: string[], callEnv = env) => {
      const { result, ...measured } = await timed(folder, () => runCommand(['restic', ...args], callEnv));
      return { ...measured, peakBytes: { restic: result.peakBytes } };
    };
    await call(['init', '-r', first]);
    await call(['init', '-r', second, '--from-repo', first, '--copy-chunker-params'], secondEnv);
    const backup = ({ source }: { source: string }) => call(['backup', '-q', '-r', first, source]);
    const copy = () => call(['copy', '-q', '-r', second, '--from-repo', first], secondEnv);
    return {
      name: 'restic',
      steps: {
        'first backup': backup,
        'unchanged backup': backup,
        'first replication': copy,
        'changed backup': backup,
        'replication of the change': copy,
        'backup of scattered changes': backup,
        'replication of scattered changes': copy,
        'nothing to replicate': copy,
        'restore from the copy': ({ restoreTo }) =>
          call(['restore', '-q', '-r', second, 'latest', '--target', restoreTo], secondEnv),
      },
      restoredTree: ({ restoreTo, source }) => join(restoreTo, source),
      facts: async () => ({
        storedBytes: measureTree(first).bytes,
        copyStoredBytes: measureTree(second).bytes,
      }),
      close: async () => {},
    };
  },
};
