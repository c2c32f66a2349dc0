import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../setup/problem.mjs';

export interface ChildOptions {
  /** What the person at the terminal calls it. */
  name: string;
  command: string[];
  cwd: string;
  env: Record<string, string>;
  logFile: string;
  beforeStart?(): void;
  /** Resolves once it serves; rejects after its own deadline. */
  untilReady(signal: AbortSignal): Promise<void>;
  /** How long it may finish its work before it is killed. */
  graceMs: number;
  /** Told before every start that was not asked for. */
  onRestart(why: string): void;
  /** Told whenever it serves. */
  onReady?(pid: number): void;
}

const rotateBytes = 20 * 1024 * 1024;
const longestPauseMs = 30_000;

/**
 * A process that is kept running until it is stopped. It has a process group of its own, so that Ctrl-C reaches only
 * us and we choose the order; the pipe on its standard input tells it when we are gone.
 */
export class Child {
  #process: ChildProcess | null = null;
  #isStopping = false;
  #failures = 0;

  constructor(private readonly options: ChildOptions) {}

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts it and waits until it serves. When it ends before that, the error has the end of its log. */
  async start(): Promise<void> {
    const { name, logFile } = this.options;
    mkdirSync(dirname(logFile), { recursive: true });
    rotate(logFile);
    this.options.beforeStart?.();
    const child = this.#launch();
    const given = new AbortController();
    const ended = new Promise<never>((_, reject) => {
      child.once('exit', (code, signal) => {
        reject(
          new Problem(
            `${name} ended before it was ready (${signal ?? `code ${code}`}):\n${lastLines(logFile)}`,
          ),
        );
      });
      child.once('error', reject);
    });
    try {
      await Promise.race([this.options.untilReady(given.signal), ended]);
    } finally {
      given.abort();
      ended.catch(() => {});
    }
    this.#failures = 0;
    this.options.onReady?.(child.pid!);
    child.once('exit', (code, signal) => void this.#revive(signal ?? `code ${code}`));
    if (child.exitCode !== null || child.signalCode !== null) void this.#revive('at once');
  }

  /** Asks it to end, and kills it when it takes longer than its grace. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), this.options.graceMs);
    await gone;
    clearTimeout(timer);
  }

  #launch(): ChildProcess {
    const { command, cwd, env, logFile } = this.options;
    const [program, ...args] = command;
    const log = openSync(logFile, 'a', 0o600);
    const child = spawn(program!, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    child.stdin?.on('error', () => {});
    this.#process = child;
    return child;
  }

  async #revive(how: string): Promise<void> {
    if (this.#isStopping) return;
    const pause = Math.min(500 * 2 ** this.#failures++, longestPauseMs);
    this.options.onRestart(`${this.options.name} ended (${how}); starting it again`);
    await delay(pause);
    if (this.#isStopping) return;
    try {
      await this.start();
    } catch (error) {
      appendFileSync(this.options.logFile, `${error}\n`);
      this.#process?.kill('SIGKILL');
      void this.#revive('before it was ready');
    }
  }
}

function rotate(file: string): void {
  if (existsSync(file) && statSync(file).size > rotateBytes) renameSync(file, `${file}.1`);
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
}
