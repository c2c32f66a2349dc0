import { readFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Mover } from './mover/mover';
import { parsePin } from './net/pinned-agent';
import { ProcessMark } from './process-mark';
import { regionAdapters } from './sources/region-adapters';

// The mover process: moves the bytes of what no host serves, beside an engine that starts it. Ends cleanly on SIGTERM,
// SIGINT, or when the engine closes the pipe on its standard input.

function setting(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is missing: the engine starts this program.`);
}

/** Several movers on one machine each have a folder; the first free one is the one with the warm caches. */
async function takeFolder(parent: string): Promise<{ folder: string; mark: ProcessMark }> {
  for (let number = 0; ; number++) {
    const folder = join(parent, String(number));
    const mark = await ProcessMark.take(join(folder, 'mover'));
    if (mark) return { folder, mark };
  }
}

async function main(): Promise<void> {
  const log = pino({ name: 'mover', level: process.env.LOG_LEVEL || 'info' });
  setPriority(constants.priority.PRIORITY_LOW);
  const secret = Buffer.from((await readFile(setting('INTERNAL_SECRET_FILE'), 'utf8')).trim(), 'hex');
  const { folder, mark } = await takeFolder(setting('MOVER_FOLDER'));
  const mover = new Mover({
    server: setting('MOVER_GATEWAY'),
    pin: parsePin(setting('MOVER_PIN')),
    secret,
    folder,
    adapters: regionAdapters,
    log,
    slots: Number(process.env.MOVER_JOBS ?? 4),
  });
  const stop = () => mover.stop();
  process.once('SIGTERM', stop).once('SIGINT', stop);
  process.stdin.on('end', stop).on('error', stop).resume();
  await mover.run();
  await mark.release();
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stderr.write(`The mover ended: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
