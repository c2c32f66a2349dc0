import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const root = join(import.meta.dirname, '../..');

export interface Installation {
  dataDir: string;
  webUrl: string;
  gatewayUrl: string;
}

/** Runs the `crossvault` command as a user on a protected host would; `configDir` tells one host from another. */
export async function crossvault(configDir: string, args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, 'dist/crossvault.js'), ...args], {
    env: { ...process.env, CROSSVAULT_CLIENT_DIR: configDir },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** The backup client's daemon on one host; ended with the spec that started it. */
export function startDaemon(configDir: string): ChildProcess {
  return spawn(process.execPath, [join(root, 'dist/crossvault.js'), 'daemon'], {
    env: { ...process.env, CROSSVAULT_CLIENT_DIR: configDir },
    stdio: 'ignore',
  });
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
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

export function installation(): Installation {
  const file = join(root, 'test-results/installation.json');
  if (!existsSync(file)) throw new Error('The installation is not running: global setup writes this file');
  return JSON.parse(readFileSync(file, 'utf8')) as Installation;
}
