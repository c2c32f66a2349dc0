import { execFile, spawn } from 'node:child_process';
import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface MachineHost {
  /** Null where QEMU is not installed: then everything but running works. */
  program: string | null;
  version: string | null;
  accelerator: 'kvm' | 'tcg' | null;
}

const probeMs = 8000;
/** `mov dx, 0xf4; mov al, 0x10; out dx, al`: ends the machine with a code that only a guest that ran can give. */
const bootCode = Buffer.from([0xba, 0xf4, 0x00, 0xb0, 0x10, 0xee, 0xfa, 0xf4]);
const guestsCode = 33;

let found: Promise<MachineHost> | null = null;

/** What this machine runs servers with; looked at once by each process. */
export function findMachineHost(): Promise<MachineHost> {
  found ??= lookIn([...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/local/bin']);
  return found;
}

/** The same, in these folders. */
export async function lookIn(folders: readonly string[]): Promise<MachineHost> {
  const program = await findProgram('qemu-system-x86_64', folders);
  if (!program) return { program: null, version: null, accelerator: null };
  const { stdout } = await run(program, ['--version']);
  const version = /version (\S+)/.exec(stdout)?.[1] ?? null;
  return { program, version, accelerator: (await bootsWithKvm(program)) ? 'kvm' : 'tcg' };
}

async function findProgram(name: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const path = join(folder || '.', name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}

/** A device node says little: only a guest that has booted does. */
async function bootsWithKvm(program: string): Promise<boolean> {
  const canOpen = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!canOpen) return false;
  const folder = await mkdtemp(join(tmpdir(), 'crossvault-kvm-'));
  try {
    const sector = Buffer.alloc(512);
    bootCode.copy(sector);
    sector.writeUInt16LE(0xaa55, 510);
    await writeFile(join(folder, 'boot'), sector);
    return (await runProbe(program, join(folder, 'boot'))) === guestsCode;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runProbe(program: string, boot: string): Promise<number | null> {
  const args = [
    ...['-machine', 'q35,accel=kvm', '-cpu', 'host', '-m', '64', '-nodefaults', '-no-user-config'],
    ...['-display', 'none', '-no-reboot', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'],
    ...['-drive', `file=${boot},format=raw,if=ide`],
  ];
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), probeMs);
    child.once('error', () => resolve(null));
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}
