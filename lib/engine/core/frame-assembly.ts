import type { ChunkName } from './chunk';
import { dataChunking } from './chunker/fastcdc';
import { KeptMemory } from './kept-memory';
import type { ChunkRun } from './work/jobs';

const kept = new KeptMemory<Uint8Array>((buffer) => buffer.length, 6 * dataChunking.maxBytes);

/** The process's buffers that frames are gathered in, and that workers read where they are. */
export const frameBuffers = {
  /** Room for the longest chunk of a file, or for more where that is asked for. */
  take(minBytes: number): Uint8Array {
    const length = Math.max(dataChunking.maxBytes, minBytes);
    return kept.take((buffer) => buffer.length >= minBytes) ?? new Uint8Array(new SharedArrayBuffer(length));
  },
  give: (buffer: Uint8Array): void => kept.give(buffer),
};

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
