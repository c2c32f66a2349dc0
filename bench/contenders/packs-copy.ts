import { join } from 'node:path';
import { runCommand, timed } from '../measure';
import type { ContenderFactory } from './contender';

const program = join(import.meta.dirname, 'copy-packs.mjs');

/** Read, write, sync and rename of each pack that a replication copies: the least that any durable copy does. */
export function packsCopy(packsFolder: () => string): ContenderFactory {
  return {
    name: 'plain copy',
    async open(folder) {
      const copy = async () => {
        const command = [process.execPath, program, packsFolder(), join(folder, 'copy')];
        const { result, ...measured } = await timed(folder, () => runCommand(command));
        return { ...measured, peakBytes: { copy: result.peakBytes } };
      };
      return {
        name: 'plain copy',
        steps: {
          'first replication': copy,
          'replication of the change': copy,
          'replication of scattered changes': copy,
        },
        facts: async () => ({}),
        close: async () => {},
      };
    },
  };
}
