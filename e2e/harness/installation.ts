import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export const root = join(import.meta.dirname, '../..');
export const recordFile = join(root, 'test-results/installation.json');

export interface Installation {
  dataDir: string;
  webUrl: string;
}

export interface SignIn {
  account: string;
  accountId: string;
  email: string;
  password: string;
  role: 'administrator' | 'operator' | 'auditor';
}

/** The demo accounts that these specs play. */
export const accounts = {
  source: 'Northwind Retail',
  destination: 'Group Backup Office',
  replicating: 'Harbor Logistics',
} as const;

/** The installation that global setup started. */
export function installation(): Installation {
  if (!existsSync(recordFile))
    throw new Error('The installation is not running: global setup writes its record');
  return JSON.parse(readFileSync(recordFile, 'utf8'));
}

export function signInOf(account: string, role: SignIn['role'] = 'administrator'): SignIn {
  const { signIns } = JSON.parse(readFileSync(join(installation().dataDir, 'demo.json'), 'utf8')) as {
    signIns: SignIn[];
  };
  const found = signIns.find((signIn) => signIn.account === account && signIn.role === role);
  if (!found) throw new Error(`The demo has no ${role} of ${account}`);
  return found;
}

/** Process ids of what runs; they change when something is restarted. */
export function readRun(): { supervisor: number; engine: number; web: number; postgres: number } {
  return JSON.parse(readFileSync(join(installation().dataDir, 'run.json'), 'utf8'));
}

/** Starts the product the way its user does, and waits for the line that says it is ready. */
export async function startProduct(
  env: Record<string, string>,
  log: (line: string) => void,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: child.stderr }).on('line', log);
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`npm start ended with code ${code} before it was ready`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      log(line);
      if (line.includes('Press Ctrl-C to stop')) resolve();
    });
  });
  return child;
}

/** As Ctrl-C does. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  await once(child, 'exit');
}

/** `npm run export-key`: what an operator keeps for the day the database is lost. */
export async function exportKey(keyId: string, file: string): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'scripts/export-key.mjs'), keyId, file], {
    env: { ...process.env, CROSSVAULT_DATA_DIR: installation().dataDir },
  });
}

/** `npm run accounts -- set-state …`: what the operator of the installation decides. Returns what it printed. */
export async function setAccountState(accountId: string, state: string, reason: string): Promise<string> {
  const args = [join(root, 'scripts/accounts.mjs'), 'set-state', accountId, state, '--reason', reason];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, CROSSVAULT_DATA_DIR: installation().dataDir },
  });
  return stdout;
}
