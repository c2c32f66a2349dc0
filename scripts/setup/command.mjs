import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Problem } from './problem.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** Runs a command quietly; when it fails, the error holds the end of its output. */
export async function runQuietly(command, args, { env = {}, cwd = root } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = [];
  child.stdout.on('data', (data) => output.push(data));
  child.stderr.on('data', (data) => output.push(data));
  const outcome = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? null : `it ended with ${signal ?? `code ${code}`}`),
    );
  });
  if (outcome === null) return;
  const text = Buffer.concat(output).toString().trim().split('\n').slice(-30).join('\n');
  throw new Problem(`${[command, ...args].join(' ')} failed: ${outcome}\n${text}`);
}

/** The npm that started us, or the one on the path. */
export function npmCommand() {
  const own = process.env.npm_execpath;
  return own?.endsWith('.js') ? [process.execPath, own] : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}
