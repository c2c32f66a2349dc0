import { spawn } from 'node:child_process';
import { chmod, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '@/db/schema';
import { Qmp } from '@/lib/engine/core/qemu/qmp';
import { CrossvaultError } from '@/lib/errors';
import { machineFolder } from '@/lib/regions';
import type { Flavour } from '@/lib/servers/flavours';
import { findMachineHost } from './find-qemu';
import { type MachineDisk, machineArguments } from './machine-arguments';

const startMs = 30_000;
const socketPathLimit = 100;

export interface StartMachine {
  serverId: string;
  flavour: Flavour;
  disks: readonly (Omit<MachineDisk, 'secretFile'> & { secret: Buffer | null })[];
}

/** Starts a machine as a process of its own that outlives this one. @throws `not_eligible` without QEMU, `unavailable`. */
export async function startMachine({
  serverId,
  flavour,
  disks,
}: StartMachine): Promise<{ process: ServerProcess; accelerator: 'kvm' | 'tcg' }> {
  const { program, accelerator } = await findMachineHost();
  if (!program || !accelerator) throw withoutQemu();
  const folder = machineFolder(serverId);
  if (join(folder, 'control.sock').length > socketPathLimit)
    throw new CrossvaultError(
      'unavailable',
      'The path of the data folder is too long for the sockets of machines.',
    );
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  for (const name of ['control.sock', 'backup.sock']) await rm(join(folder, name), { force: true });
  const secrets: string[] = [];
  try {
    const placed: MachineDisk[] = [];
    for (const { secret, ...disk } of disks) {
      const secretFile = secret && join(folder, `secret-${disk.position}`);
      if (secret && secretFile) {
        secrets.push(secretFile);
        await writeFile(secretFile, secret, { mode: 0o600 });
      }
      placed.push({ ...disk, secretFile });
    }
    const pid = await launch(
      program,
      machineArguments({ id: serverId, flavour, accelerator, folder, disks: placed }),
      folder,
    );
    const startedTicks = (await readTicks(pid)) ?? '';
    return { process: { host: hostname(), pid, startedTicks }, accelerator };
  } finally {
    for (const file of secrets) await rm(file, { force: true });
  }
}

async function launch(program: string, args: string[], folder: string): Promise<number> {
  const log = await open(join(folder, 'qemu.log'), 'w', 0o600);
  try {
    const child = spawn(program, args, { detached: true, stdio: ['ignore', log.fd, log.fd] });
    const ended = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    });
    ended.catch(() => {});
    try {
      await Promise.race([ended, untilItAnswers(folder)]);
    } catch (cause) {
      child.kill('SIGKILL');
      const said = (await readFile(join(folder, 'qemu.log'), 'utf8').catch(() => '')).trim().slice(-500);
      throw new CrossvaultError('unavailable', `The machine did not start. ${said || 'QEMU said nothing.'}`, {
        reason: 'machine_failed',
        cause,
      });
    }
    child.unref();
    return child.pid!;
  } finally {
    await log.close();
  }
}

async function untilItAnswers(folder: string): Promise<void> {
  const deadline = performance.now() + startMs;
  for (;;) {
    try {
      const qmp = await Qmp.connect(join(folder, 'control.sock'));
      qmp.close();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

/** Whether the process is still this machine's: a later one of the same number began at another time. */
export async function isMachineAlive({ pid, startedTicks }: ServerProcess): Promise<boolean> {
  const ticks = await readTicks(pid);
  return ticks !== null && ticks === startedTicks;
}

/** When a process began, in clock ticks since the host did; null when there is none, or it has ended and was not collected. */
async function readTicks(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields && fields[0] !== 'Z' ? (fields[19] ?? null) : null;
}

/** Asks the guest to end, or ends its machine at once. */
export async function endMachine(serverId: string, isForced: boolean): Promise<void> {
  const qmp = await Qmp.connect(join(machineFolder(serverId), 'control.sock'));
  try {
    await qmp.run(isForced ? 'quit' : 'system_powerdown');
  } finally {
    qmp.close();
  }
}

/** The last of what the guest wrote to its serial console. */
export async function readConsole(serverId: string, mostBytes: number): Promise<string> {
  const file = await open(join(machineFolder(serverId), 'console.log'), 'r').catch(() => null);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, mostBytes));
    await file.read(bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    await file.close();
  }
}

/** What the guest's screen shows, as PNG. */
export async function readScreen(serverId: string): Promise<Buffer> {
  const folder = machineFolder(serverId);
  const qmp = await Qmp.connect(join(folder, 'control.sock'));
  const file = join(folder, 'screen.png');
  try {
    await qmp.run('screendump', { filename: file, format: 'png' });
    return await readFile(file);
  } finally {
    qmp.close();
    await rm(file, { force: true });
  }
}

export async function removeMachine(serverId: string): Promise<void> {
  await rm(machineFolder(serverId), { recursive: true, force: true });
}

export function withoutQemu(): CrossvaultError {
  return new CrossvaultError(
    'not_eligible',
    'QEMU is not installed on the machine of the engine, so servers cannot run. Everything else works.',
    { reason: 'qemu_not_installed' },
  );
}
