import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '@/db/embedded/cluster';
import { Problem } from '../setup/problem.mjs';
import { writeDurably } from './secrets';

/** What runs on a data folder; in `<data>/run.json` while it does. */
export interface Run {
  supervisor: number;
  webUrl: string;
  engine?: number;
  web?: number;
  postgres?: number;
}

const fileOf = (dataFolder: string) => join(dataFolder, 'run.json');

/**
 * Makes this process the only one on the data folder. After a run that was killed, waits for its engine and web server,
 * which end by themselves; throws a Problem while another run is alive.
 */
export async function claimDataFolder(dataFolder: string, webUrl: string): Promise<void> {
  const earlier = readRun(dataFolder);
  if (earlier && earlier.supervisor !== process.pid && isOurs(earlier.supervisor)) {
    throw new Problem(
      `Crossvault already runs on ${dataFolder} (process ${earlier.supervisor}), at ${earlier.webUrl}.`,
    );
  }
  for (const pid of [earlier?.web, earlier?.engine]) if (pid) await untilGone(pid);
  recordRun(dataFolder, { supervisor: process.pid, webUrl });
}

export function recordRun(dataFolder: string, run: Run): void {
  writeDurably(fileOf(dataFolder), `${JSON.stringify(run)}\n`);
}

export function releaseDataFolder(dataFolder: string): void {
  rmSync(fileOf(dataFolder), { force: true });
}

function readRun(dataFolder: string): Run | null {
  const file = fileOf(dataFolder);
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

async function untilGone(pid: number): Promise<void> {
  for (const deadline = performance.now() + 45_000; isOurs(pid) && performance.now() < deadline; )
    await delay(100);
  if (isOurs(pid)) process.kill(pid, 'SIGKILL');
}

/** A pid is given to another process in time; only Node processes of ours count. */
function isOurs(pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return /start\.mjs|dev\.mjs|engine|next/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return false;
  }
}
