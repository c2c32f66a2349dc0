import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** What one step took. CPU and memory are known on Linux only. */
export interface Measurement {
  seconds: number;
  /** User and system time of every process that worked for it. */
  cpuSeconds?: number;
  /** Largest resident memory, by process. */
  peakBytes?: Record<string, number>;
}

const run = promisify(execFile);
const samplingMs = 20;
const ticksPerSecond = 100;

/** Times the work until its result is safe on the disk of `folder`. Earlier writes are out of the way first. */
export async function timed<T>(folder: string, work: () => Promise<T>): Promise<{ result: T } & Measurement> {
  await flush(folder);
  const cpuBefore = endedChildrenCpuSeconds();
  const startedAt = performance.now();
  const result = await work();
  await flush(folder);
  const seconds = (performance.now() - startedAt) / 1000;
  return { result, seconds, cpuSeconds: endedChildrenCpuSeconds() - cpuBefore };
}

export function flush(folder: string): Promise<unknown> {
  return run('sync', ['-f', folder]);
}

/** Runs a command to its end. @throws with its last words when it fails. */
export async function runCommand(
  command: string[],
  env: Record<string, string> = {},
  cwd?: string,
): Promise<{ stdout: string; peakBytes: number }> {
  const [program, ...args] = command;
  const child = spawn(program!, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (output.stdout += data));
  child.stderr.on('data', (data) => (output.stderr += data));
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, child.pid ? peakBytes(child.pid) : 0);
  }, samplingMs);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => resolve(signal ?? exitCode));
    });
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${output.stderr.trim().slice(-2000)}`);
  } finally {
    clearInterval(timer);
  }
  return { stdout: output.stdout, peakBytes: peak };
}

/** The first line of what a command says of itself; null where it is not installed. */
export async function findVersion(command: string[]): Promise<string | null> {
  const found = await runCommand(command).catch(() => null);
  return found && found.stdout.split('\n')[0]!.trim();
}

/** The largest resident memory of a running process since its start or since `resetPeak`; 0 where nobody tells. */
export function peakBytes(pid: number): number {
  return 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(readProc(pid, 'status'))?.[1] ?? 0);
}

export function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Then the peak is that of the process's whole life.
  }
}

/** Bytes that a running process has read and written by system calls so far, sockets included. */
export function transferredBytes(pid: number): { read: number; written: number } {
  const text = readProc(pid, 'io');
  const of = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { read: of('rchar'), written: of('wchar') };
}

/** CPU time of a running process, its living children and those that have ended. */
export function familyCpuSeconds(pid: number): number {
  if (!existsSync('/proc/self/stat')) return 0;
  const family = [pid, ...childrenOf(pid)].map(String);
  return family.reduce((sum, one) => sum + ticks(one, [11, 12, 13, 14]), 0);
}

/** @param named a part of the child's command line; empty for all. */
export function childrenOf(pid: number, named = ''): number[] {
  const children = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && Number(statFields(name)[1]) === pid,
  );
  return children.filter((name) => readProc(name, 'cmdline').includes(named)).map(Number);
}

/** Of the commands that this process has run to their end. */
function endedChildrenCpuSeconds(): number {
  return ticks('self', [13, 14]);
}

function ticks(pid: string, fields: number[]): number {
  const values = statFields(pid);
  return fields.reduce((sum, field) => sum + Number(values[field] ?? 0), 0) / ticksPerSecond;
}

/** What follows the command's name, which may hold spaces: state, parent, … */
function statFields(pid: string): string[] {
  const text = readProc(pid, 'stat');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readProc(pid: number | string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}
