import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CrossvaultError } from '@/lib/errors';
import type { StreamDetails } from '@/lib/jobs/schemas';

/** Bytes that come once: from a command, from standard input or from a file. */
export interface StreamInput {
  /** For progress; null when only the end tells. */
  sizeBytes: number | null;
  /** The bytes, read as fast as they are taken. Ends what gives them when the signal aborts. */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * Called once all bytes were read. @returns what is to be told about them.
   * @throws when they must not become a backup point.
   */
  finish(): Promise<StreamFindings>;
}

export interface StreamFindings {
  details: StreamDetails | null;
  /** Why the point is not to be trusted as it is; they make its job partial. */
  flaws: string[];
}

const nothingFound: StreamFindings = { details: null, flaws: [] };

/** What a command writes to its standard output. Its messages go to this process's own. */
export function commandInput(command: readonly [string, ...string[]], keepsFailed: boolean): StreamInput {
  let ended: Promise<string | null> = Promise.resolve(null);
  return {
    sizeBytes: null,
    async *open(signal) {
      const [file, ...args] = command;
      const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], signal });
      ended = new Promise((resolve) => {
        child.once('error', (error) => resolve(`${file} could not be run: ${error.message}`));
        child.once('close', (code, by) =>
          resolve(code === 0 ? null : `${file} ended with ${by ? `signal ${by}` : `code ${code}`}`),
        );
      });
      yield* child.stdout;
    },
    async finish() {
      const failure = await ended;
      if (failure === null) return nothingFound;
      if (keepsFailed) return { details: null, flaws: [failure] };
      throw new CrossvaultError(
        'state_conflict',
        `${failure}. What it wrote may be incomplete, so no backup point was made; earlier ones are untouched.`,
        { reason: 'command_failed' },
      );
    },
  };
}

/** @throws `invalid_input` on a terminal: nobody types a dump. */
export function standardInput(input: NodeJS.ReadStream): StreamInput {
  if (input.isTTY) {
    throw new CrossvaultError(
      'invalid_input',
      'Pipe the bytes in, or name the command that writes them after --.',
    );
  }
  return {
    sizeBytes: null,
    async *open(signal) {
      signal.addEventListener('abort', () => input.destroy(), { once: true });
      yield* input;
    },
    finish: async () => nothingFound,
  };
}

/** @throws `not_found` when there is no such file. */
export async function fileInput(path: string): Promise<StreamInput> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new CrossvaultError('not_found', `There is no file ${path} on this host.`);
  return {
    sizeBytes: found.size,
    open: (signal) => createReadStream(path, { signal, highWaterMark: 1024 * 1024 }),
    finish: async () => nothingFound,
  };
}
