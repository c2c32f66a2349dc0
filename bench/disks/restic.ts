import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, timed } from '../measure';
import { measureTree } from '../tree';
import type { DiskContender } from './contender';
import { asLowAsTheMover } from './qemu-img';

/** The image as one file of a repository. */
export async function resticOnDisk(folder: string, disk: string): Promise<DiskContender> {
  const repository = join(folder, 'repository');
  const env = {
    RESTIC_PASSWORD: 'disk',
    RESTIC_CACHE_DIR: join(folder, 'cache'),
    RESTIC_REPOSITORY: repository,
    RESTIC_PROGRESS_FPS: '0.1',
  };
  await runCommand(['restic', 'init'], env);
  const call = async (...args: string[]) => {
    const command = [...asLowAsTheMover, 'restic', ...args, '-q'];
    const { result, ...measured } = await timed(folder, () => runCommand(command, env));
    return { ...measured, peakBytes: { restic: result.peakBytes } };
  };
  const backUp = () => call('backup', disk);
  return {
    name: 'restic',
    steps: {
      'disk backup': backUp,
      'unchanged disk': backUp,
      '1 % changed, clustered': backUp,
      '1 % changed, scattered': backUp,
      async 'create disk'(made) {
        const restored = join(folder, 'restored');
        const measured = await call('restore', 'latest', '--target', restored);
        await rename(join(restored, disk), made);
        return measured;
      },
    },
    storedBytes: async () => measureTree(repository).bytes,
  };
}
