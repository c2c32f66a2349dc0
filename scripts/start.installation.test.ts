import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { freePort, isAlive } from '@/db/embedded/cluster';
import type { Run } from './supervisor/run-file';

const root = join(import.meta.dirname, '..');
const dataFolder = mkdtempSync(join(tmpdir(), 'crossvault-installation-'));
const port = await freePort();
const env = {
  ...process.env,
  CROSSVAULT_DATA_DIR: dataFolder,
  CROSSVAULT_PORT: String(port),
  CROSSVAULT_GATEWAY_PORT: String(await freePort()),
  CROSSVAULT_DEMO: '0',
};
const started: Installation[] = [];

class Installation {
  readonly lines: string[] = [];
  readonly ended: Promise<number | null>;

  constructor(readonly child: ChildProcess) {
    this.ended = once(child, 'close').then(([code]) => code);
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    }
  }

  async untilReady(): Promise<Run> {
    await until(() => this.lines.includes('Press Ctrl-C to stop.') || this.child.exitCode !== null);
    expect(this.lines.join('\n')).toContain('Press Ctrl-C to stop.');
    return readRun();
  }

  /** As a terminal does: the signal goes to every process of the foreground group. */
  async pressCtrlC(): Promise<number | null> {
    process.kill(-this.child.pid!, 'SIGINT');
    return this.ended;
  }
}

/** In a process group of its own, as a shell starts a command. */
function startInstallation(): Installation {
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const installation = new Installation(child);
  started.push(installation);
  return installation;
}

const readRun = (): Run => JSON.parse(readFileSync(join(dataFolder, 'run.json'), 'utf8'));
const isHealthy = async () =>
  (await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(5000) }).catch(() => null))
    ?.ok ?? false;

async function until(condition: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
  for (const deadline = performance.now() + limitMs; !(await condition()); await delay(50)) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${condition}`);
  }
}

afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  }
});

afterAll(() => rmSync(dataFolder, { recursive: true, force: true }));

describe('npm start', () => {
  test('brings everything up, and Ctrl-C brings everything down', async () => {
    const installation = startInstallation();
    const run = await installation.untilReady();
    expect(installation.lines.join('\n')).toContain(`http://127.0.0.1:${port}`);
    expect(installation.lines.join('\n')).toContain(dataFolder);
    expect(await isHealthy()).toBe(true);
    expect(await installation.pressCtrlC()).toBe(0);
    expect([run.postgres, run.engine, run.web].map((pid) => isAlive(pid!))).toEqual([false, false, false]);
    expect(readFileSync(join(dataFolder, 'logs/engine.log'), 'utf8')).toContain('"msg":"stopped"');
    expect(readFileSync(join(dataFolder, 'logs/postgres.log'), 'utf8')).toContain(
      'database system is shut down',
    );
  });

  test('says who runs already on the same data', async () => {
    const first = startInstallation();
    await first.untilReady();
    const second = startInstallation();
    expect(await second.ended).toBe(1);
    expect(second.lines).toEqual([
      `crossvault: Crossvault already runs on ${dataFolder} (process ${first.child.pid}), at http://127.0.0.1:${port}.`,
    ]);
    expect(await isHealthy()).toBe(true);
  });

  test('after a kill nothing is left but PostgreSQL, which the next start takes over', async () => {
    const first = startInstallation();
    const before = await first.untilReady();
    first.child.kill('SIGKILL');
    const second = startInstallation();
    const after = await second.untilReady();
    expect(after.postgres).toBe(before.postgres);
    expect([before.engine, before.web].map((pid) => isAlive(pid!))).toEqual([false, false]);
    expect(await isHealthy()).toBe(true);
  });

  test('starts whatever dies again', async () => {
    const installation = startInstallation();
    for (const name of ['engine', 'web', 'postgres'] as const) {
      const before = (await installation.untilReady())[name]!;
      process.kill(before, 'SIGKILL');
      await until(() => readRun()[name] !== before);
      await until(isHealthy);
    }
    expect(await installation.pressCtrlC()).toBe(0);
  });
});
