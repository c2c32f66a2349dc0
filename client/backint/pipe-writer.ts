import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { nobodyCame, openPipe, type PipeOptions } from './pipe-reader';

/** Where an object is restored to. */
export interface ObjectSink {
  /** Resolves when the bytes may be used again. */
  write(bytes: Uint8Array): Promise<void>;
  /** All bytes were written. */
  end(): Promise<void>;
  /** What was written is to be forgotten, as far as that is possible. */
  abandon(): Promise<void>;
}

const lookAgainMs = 25;

/** A pipe, which the database makes; where there is none, a file, which the agent makes. */
export async function openSink(path: string, options: PipeOptions): Promise<ObjectSink> {
  const found = await stat(path).catch(() => null);
  return found?.isFIFO() ? openPipeSink(path, options) : openFileSink(path);
}

/** Opening does not wait in the kernel, so the reader is looked for again and again. */
async function openPipeSink(path: string, { signal, timeoutMs }: PipeOptions): Promise<ObjectSink> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    try {
      return new PipeSink(openPipe(path, constants.O_WRONLY), signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
    if (performance.now() > giveUpAt) throw nobodyCame(path, timeoutMs);
    await delay(lookAgainMs);
  }
}

class PipeSink implements ObjectSink {
  readonly #socket: Socket;
  #error: unknown = null;

  constructor(
    fd: number,
    private readonly signal: AbortSignal,
  ) {
    this.#socket = new Socket({ fd, readable: false, writable: true, signal });
    this.#socket.on('error', (error) => {
      this.#error = error;
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.signal.throwIfAborted();
    if (this.#error) throw this.#error;
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** What was written is in the pipe, where its reader finds it also after it was closed. */
  async end(): Promise<void> {
    if (this.#error) throw this.#error;
    this.#socket.destroy();
  }

  async abandon(): Promise<void> {
    this.#socket.destroy();
  }
}

async function openFileSink(path: string): Promise<ObjectSink> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  return new FileSink(await open(temporary, 'wx', 0o640), temporary, path);
}

/** Appears under its name only when it is whole. */
class FileSink implements ObjectSink {
  constructor(
    private readonly file: FileHandle,
    private readonly temporary: string,
    private readonly path: string,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) at += (await this.file.write(bytes, at)).bytesWritten;
  }

  async end(): Promise<void> {
    await this.file.sync();
    await this.file.close();
    await rename(this.temporary, this.path);
  }

  async abandon(): Promise<void> {
    await this.file.close();
    await rm(this.temporary, { force: true });
  }
}
