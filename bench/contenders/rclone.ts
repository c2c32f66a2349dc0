import { join } from 'node:path';
import { findVersion, runCommand, timed } from '../measure';
import type { ContenderFactory } from './contender';

/** @returns null where it is not installed. */
export function findRclone(): Promise<string | null> {
  return findVersion(['rclone', 'version']);
}

/** `rclone sync` of the packs that a replication copies: as they are, under the key they have. */
export function rcloneSync(packsFolder: () => string): ContenderFactory {
  return {
    name: 'rclone sync',
    async open(folder) {
      const sync = async () => {
        const command = ['rclone', 'sync', '--config', '/dev/null', packsFolder(), join(folder, 'copy')];
        const { result, ...measured } = await timed(folder, () => runCommand(command));
        return { ...measured, peakBytes: { rclone: result.peakBytes } };
      };
      return {
        name: 'rclone sync',
        steps: {
          'first replication': sync,
          'replication of the change': sync,
          'replication of scattered changes': sync,
        },
        facts: async () => ({}),
        close: async () => {},
      };
    },
  };
}
