import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findVersion, runCommand, timed } from '../measure';
import type { DiskContender } from './contender';

/** As low as the mover stands, so that what else the machine does hits all alike. */
export const asLowAsTheMover = ['nice', '-n', '19'];

/** @returns null where it is not installed. */
export function findQemuImg(): Promise<string | null> {
  return findVersion(['qemu-img', '--version']);
}

/** A full copy each time: `qemu-img convert` knows no version before. */
export function qemuImg(folder: string, disk: string, flags: string[] = []): DiskContender {
  const copy = join(folder, 'copy.qcow2');
  const convert = async (args: string[]) => {
    const command = [...asLowAsTheMover, 'qemu-img', 'convert', '-U', ...args];
    const { result, ...measured } = await timed(folder, () => runCommand(command));
    return { ...measured, peakBytes: { 'qemu-img': result.peakBytes } };
  };
  const backUp = () => convert(['-f', 'raw', '-O', 'qcow2', ...flags, disk, copy]);
  return {
    name: ['qemu-img', ...flags.slice(0, 1)].join(' '),
    steps: {
      'disk backup': backUp,
      '1 % changed, clustered': backUp,
      '1 % changed, scattered': backUp,
      'create disk': (made) => convert(['-f', 'qcow2', '-O', 'raw', copy, made]),
    },
    storedBytes: async () => (await stat(copy)).blocks * 512,
  };
}
