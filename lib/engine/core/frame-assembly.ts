import type { ChunkName } from './chunk';
import type { ChunkRun } from './work/jobs';

/**
 * Buffers that frames are gathered in. They travel to a worker and come back, and are used again: touching fresh memory costs
 * more than sealing what is in it.
 */
export class FrameBuffers {
  readonly #idle: Uint8Array[] = [];

  constructor(private readonly standardBytes: number) {}

  take(minBytes: number): Uint8Array {
    const found = this.#idle.findIndex((buffer) => buffer.length >= minBytes);
    if (found >= 0) return this.#idle.splice(found, 1)[0]!;
    this.#idle.shift();
    return Buffer.allocUnsafeSlow(Math.max(this.standardBytes, minBytes));
  }

  give(buffer: Uint8Array): void {
    this.#idle.push(buffer);
  }
}

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
