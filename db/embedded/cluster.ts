import { spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries';
import type { Identity } from './identity';

/** The bootstrap superuser of every cluster we create; owns all objects and is used for migrations only. */
export const ownerRole = 'crossvault_owner';

export interface ClusterOptions {
  binaries: Binaries;
  identity: Identity | null;
  dataFolder: string;
}

export interface StartOptions extends ClusterOptions {
  port: number;
  logFile: string;
  /** Server settings, e.g. `{ max_connections: '200' }`. */
  settings?: Record<string, string>;
  /** How long to wait for the server to accept connections; recovery after a crash counts. */
  timeoutMs?: number;
}

export interface Postmaster {
  pid: number;
  port: number;
}

/** Creates an empty cluster: UTF-8, byte-order collation that no library upgrade can change, password sign-in only. */
export function initCluster({ binaries, identity, dataFolder }: ClusterOptions, ownerPassword: string): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  if (identity) chownSync(dataFolder, identity.uid, identity.gid);
  const scratch = mkdtempSync(join(dirname(dataFolder), '.init-'));
  try {
    const passwordFile = join(scratch, 'password');
    writeFileSync(passwordFile, `${ownerPassword}\n`, { mode: 0o600 });
    if (identity) for (const path of [scratch, passwordFile]) chownSync(path, identity.uid, identity.gid);
    const result = spawnSync(
      binaries.initdb,
      [
        ...['-D', dataFolder, '-U', ownerRole, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
        ...[
          '--encoding',
          'UTF8',
          '--locale',
          'C',
          '--locale-provider',
          'builtin',
          '--builtin-locale',
          'C.UTF-8',
        ],
        '--no-instructions',
      ],
      { ...identity, cwd: '/', encoding: 'utf8', env: cleanEnvironment() },
    );
    if (result.error) throw result.error;
    if (result.status !== 0)
      throw new Error(`initdb failed: ${result.stderr.trim() || result.stdout.trim()}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Starts the server in its own process group, so that Ctrl-C in the terminal reaches us and not it, and waits until
 * it accepts connections. The server outlives this process; whoever starts it stops it with `stopCluster`.
 */
export async function startCluster(options: StartOptions): Promise<Postmaster> {
  const { binaries, identity, dataFolder, port, logFile, settings = {}, timeoutMs = 60_000 } = options;
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(
    binaries.postgres,
    [
      '-D',
      dataFolder,
      ...Object.entries({ ...baseSettings(port), ...settings }).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
    ],
    { ...identity, cwd: '/', detached: true, stdio: ['ignore', log, log], env: cleanEnvironment() },
  );
  closeSync(log);
  let failure: string | null = null;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure = `exited with ${signal ?? code}`;
  });
  child.unref();

  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (failure) throw new Error(`PostgreSQL did not start: ${failure}\n${lastLines(logFile)}`);
    if (readPostmaster(dataFolder)?.isReady && child.pid) return { pid: child.pid, port };
    await delay(15);
  }
  child.kill('SIGQUIT');
  throw new Error(`PostgreSQL was not ready after ${Math.round(timeoutMs / 1000)} s\n${lastLines(logFile)}`);
}

/** What `postmaster.pid` says, or null where there is none; a crashed server leaves the file behind. */
export function readPostmaster(dataFolder: string): (Postmaster & { isReady: boolean }) | null {
  const path = join(dataFolder, 'postmaster.pid');
  if (!existsSync(path)) return null;
  const lines = readFileSync(path, 'utf8').split('\n');
  const pid = Number(lines[0]);
  if (!pid) return null;
  return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
}

/** The server that runs on this data folder, whoever started it; a stale file or a recycled pid does not count. */
export function findRunning(dataFolder: string): (Postmaster & { isReady: boolean }) | null {
  const postmaster = readPostmaster(dataFolder);
  if (!postmaster || !isAlive(postmaster.pid)) return null;
  return runsOn(postmaster.pid, dataFolder) ? postmaster : null;
}

const stopSignals = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** Stops the server and returns once its process is gone. `immediate` skips the checkpoint, as a power cut would. */
export async function stopCluster(
  pid: number,
  mode: keyof typeof stopSignals = 'fast',
  timeoutMs = 60_000,
): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, stopSignals[mode]);
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (!isAlive(pid)) return;
    await delay(15);
  }
  throw new Error(`PostgreSQL (process ${pid}) did not stop within ${Math.round(timeoutMs / 1000)} s`);
}

/** A port that was free a moment ago; whoever binds it must be ready to try another. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function baseSettings(port: number): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
  };
}

/** PG* variables of the user's shell would redirect the server; nothing else of the shell is needed. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}

/** Whether the process still runs; one that has ended and waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** In a container without an init process nobody reaps an orphan: it is dead and still answers to signal 0. */
function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/\(.*\)/s, ''));
  } catch {
    return false;
  }
}

function runsOn(pid: number, dataFolder: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataFolder);
  } catch {
    return false;
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}
