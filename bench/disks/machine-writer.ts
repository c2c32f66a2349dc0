import { randomBytes } from 'node:crypto';
import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Qmp } from '@/lib/engine/core/qemu/qmp';
import { machineFolder } from '@/lib/regions';
import type { Change } from './images';

/** Writes random bytes through the device of a running machine, as its guest would, so that QEMU writes down what changed. */
export async function writeInMachine(
  { serverId, position, file }: { serverId: string; position: number; file: string },
  changes: readonly Change[],
): Promise<void> {
  const folder = machineFolder(serverId);
  const qmp = await Qmp.connect(join(folder, 'control.sock'));
  const handle = await open(file, 'r');
  const content = join(folder, 'content');
  try {
    const devices = await qmp.run<{ qdev: string; inserted?: { 'node-name': string } }[]>('query-block');
    const device = devices.find(({ inserted }) => inserted?.['node-name'] === `disk-${position}`);
    if (!device) throw new Error(`The machine has no disk at place ${position}`);
    for (const { offset, length } of changes) {
      const bytes = randomBytes(length);
      await writeFile(content, bytes);
      await qmp.run('human-monitor-command', {
        'command-line': `qemu-io -d ${device.qdev} "write -q -s ${content} ${offset} ${length}"`,
      });
      const found = Buffer.alloc(length);
      await handle.read(found, 0, length, offset);
      if (!found.equals(bytes)) throw new Error(`QEMU has not written at ${offset}`);
    }
  } finally {
    qmp.close();
    await handle.close();
    await rm(content, { force: true });
  }
}
