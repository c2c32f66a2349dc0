import { readFileSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CrossvaultError } from '@/lib/errors';

/**
 * A file that says which process does something. A process that was killed leaves its mark behind, so a mark counts only
 * while a process with that id, started at that time, is alive.
 */
export class ProcessMark {
  private constructor(private readonly path: string) {}

  /** @returns null while another living process holds it. */
  static async take(path: string): Promise<ProcessMark | null> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        const file = await open(path, 'wx', 0o600);
        await file.writeFile(identify(process.pid) ?? String(process.pid));
        await file.close();
        return new ProcessMark(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        if (await isHeld(path)) return null;
        await rm(path, { force: true });
      }
    }
    return null;
  }

  async release(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

export async function isHeld(path: string): Promise<boolean> {
  const mark = await readFile(path, 'utf8').catch(() => '');
  const pid = Number.parseInt(mark, 10);
  return pid > 0 && identify(pid) === mark;
}

/** Names of the marks in a folder whose processes live. */
export async function listHeld(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const held = await Promise.all(names.map((name) => isHeld(join(folder, name))));
  return names.filter((_, i) => held[i]);
}

export function alreadyRunning(folder: string): CrossvaultError {
  return new CrossvaultError(
    'state_conflict',
    `A daemon already runs for ${folder}. It goes on undisturbed; stop it first, or give this one its own folder with --config.`,
  );
}

/** Process id and start time, for ids are used again; null for a process that does not live. */
function identify(pid: number): string | null {
  try {
    // After the name in brackets, which may hold anything: the 20th field is the start time.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return isAlive(pid) ? String(pid) : null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
