import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { CrossvaultError } from '@/lib/errors';

export interface PipeOptions {
  signal: AbortSignal;
  /** How long the other end may take to open the pipe. */
  timeoutMs: number;
}

const readBytes = 64 * 1024;
const arenaBytes = 1024 * 1024;

/**
 * What comes out of a named pipe until its other end closes it: a peer that died looks the same. A piece is valid until the
 * next one is asked for. The pipe is opened without waiting and watched, so that any number of them keeps no thread busy
 * and the other side may open them in any order.
 * @throws when it is no pipe, or when nothing opened its other end in time.
 */
export async function* readPipe(path: string, options: PipeOptions): AsyncGenerator<Uint8Array> {
  options.signal.throwIfAborted();
  const pipe = new OpenPipe(openPipe(path, constants.O_RDONLY), path, options);
  try {
    for (let piece = await pipe.next(); piece; piece = await pipe.next()) yield piece;
  } finally {
    pipe.close();
  }
}

/** @throws `ENOENT`, `ENXIO` when writing to a pipe that nobody reads yet, `invalid_input` for anything but a pipe. */
export function openPipe(path: string, access: number): number {
  const fd = openSync(path, access | constants.O_NONBLOCK);
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  throw new CrossvaultError('invalid_input', `${path} is no pipe.`);
}

export function nobodyCame(path: string, timeoutMs: number): CrossvaultError {
  const why = `Nothing opened the other end of ${path} within ${Math.round(timeoutMs / 1000)} s.`;
  return new CrossvaultError('state_conflict', why, { reason: 'pipe_not_opened' });
}

/** One arena is filled while the reader works on the other. */
class OpenPipe {
  readonly #socket: Socket;
  #filling = Buffer.allocUnsafeSlow(arenaBytes);
  #handedOut = Buffer.allocUnsafeSlow(arenaBytes);
  #filled = 0;
  #isOver = false;
  #error: unknown = null;
  #wake: () => void = () => {};

  constructor(fd: number, path: string, { signal, timeoutMs }: PipeOptions) {
    this.#socket = new Socket({
      fd,
      readable: true,
      writable: false,
      signal,
      onread: {
        buffer: Buffer.allocUnsafeSlow(readBytes),
        callback: (count, bytes) => this.#take(bytes as Buffer, count),
      },
    });
    const impatient = setTimeout(() => this.#socket.destroy(nobodyCame(path, timeoutMs)), timeoutMs);
    this.#calm = () => clearTimeout(impatient);
    this.#socket.on('error', (error) => {
      this.#error = signal.aborted ? signal.reason : error;
    });
    this.#socket.on('close', () => {
      this.#isOver = true;
      this.#calm();
      this.#wake();
    });
  }

  readonly #calm: () => void;

  /** Null at the end. */
  async next(): Promise<Uint8Array | null> {
    while (this.#filled === 0) {
      if (this.#error) throw this.#error;
      if (this.#isOver) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const piece = this.#filling.subarray(0, this.#filled);
    [this.#filling, this.#handedOut] = [this.#handedOut, this.#filling];
    this.#filled = 0;
    if (!this.#isOver) this.#socket.resume();
    return piece;
  }

  close(): void {
    this.#calm();
    this.#socket.destroy();
  }

  /** @returns whether there is room for another read. */
  #take(bytes: Buffer, count: number): boolean {
    this.#calm();
    bytes.copy(this.#filling, this.#filled, 0, count);
    this.#filled += count;
    this.#wake();
    return this.#filled + readBytes <= arenaBytes;
  }
}
