import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, timed } from '../measure';
import type { ContenderFactory } from './contender';

/** `cp -a` and sync: of the source, and of the packs that a replication has to copy. */
export function plainCopy(packsFolder: () => string): ContenderFactory {
  return {
    name: 'cp -a',
    async open(folder) {
      const copy = async (from: string, to: string) => {
        const { result, ...measured } = await timed(folder, () => runCommand(['cp', '-a', from, to]));
        return { ...measured, peakBytes: { cp: result.peakBytes } };
      };
      const copyAway = async (from: string) => {
        const to = join(folder, 'copy');
        const measured = await copy(from, to);
        await rm(to, { recursive: true });
        return measured;
      };
      return {
        name: 'cp -a',
        steps: {
          'first backup': ({ source }) => copyAway(source),
          'first replication': () => copyAway(packsFolder()),
          'restore from the copy': ({ source, restoreTo }) => copy(source, restoreTo),
        },
        restoredTree: ({ restoreTo }) => restoreTo,
        facts: async () => ({}),
        close: async () => {},
      };
    },
  };
}
