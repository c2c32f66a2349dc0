import type { ChunkName } from './chunk';
import { dataChunking } from './chunker/fastcdc';
import type { ChunkRun } from './work/jobs';

/**
 * Buffers that frames are gathered in. Workers read them where they are, and they are used again: touching fresh memory costs
 * more than sealing what is in it.
 */
class FrameBuffers {
  readonly #idle: Uint8Array[] = [];

  constructor(
    private readonly standardBytes: number,
    private readonly maxIdle: number,
  ) {}

  take(minBytes: number): Uint8Array {
    const found = this.#idle.findIndex((buffer) => buffer.length >= minBytes);
    if (found >= 0) return this.#idle.splice(found, 1)[0]!;
    return new Uint8Array(new SharedArrayBuffer(Math.max(this.standardBytes, minBytes)));
  }

  give(buffer: Uint8Array): void {
    if (this.#idle.length === this.maxIdle) this.#idle.shift();
    this.#idle.push(buffer);
  }
}

/** The process's. Each holds the longest chunk of a file. */
export const frameBuffers = new FrameBuffers(dataChunking.maxBytes, 6);

/** A frame that still takes chunks. */
export class OpenFrame {
  length = 0;
  readonly lengths: number[] = [];
  readonly #names: Uint8Array[] = [];

  constructor(readonly buffer: Uint8Array) {}

  append(name: ChunkName, bytes: Uint8Array): void {
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
    this.lengths.push(bytes.length);
    this.#names.push(Uint8Array.from(name));
  }

  takeRun(): ChunkRun {
    return { lengths: this.lengths, names: Buffer.concat(this.#names) };
  }
}
