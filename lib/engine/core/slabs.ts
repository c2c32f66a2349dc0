import { dataChunking } from './chunker/fastcdc';
import { KeptMemory } from './kept-memory';

/** Pieces of shared memory: what is read is opened or sealed anew where it lies, and written from there. */
export class Slabs {
  readonly #kept: KeptMemory<Uint8Array>;

  /** @param sizes in bytes, ascending: a slab waits for its whole pack, so what is short takes a short one */
  constructor(
    private readonly sizes: readonly number[],
    maxKeptBytes: number,
  ) {
    this.#kept = new KeptMemory((slab) => slab.length, maxKeptBytes);
  }

  get largest(): number {
    return this.sizes.at(-1)!;
  }

  /** @param bytes at most `largest` */
  take(bytes: number): Uint8Array {
    const size = this.sizes.find((candidate) => candidate >= bytes);
    if (size === undefined) throw new RangeError(`No slab holds ${bytes} bytes.`);
    return this.#kept.take((slab) => slab.length === size) ?? new Uint8Array(new SharedArrayBuffer(size));
  }

  /** The same for any length; what is longer than all slabs is not kept. */
  takeOrMake(bytes: number): Uint8Array {
    return bytes <= this.largest ? this.take(bytes) : new Uint8Array(new SharedArrayBuffer(bytes));
  }

  give(slab: Uint8Array): void {
    if (slab.length <= this.largest) this.#kept.give(slab);
  }
}

const kib = 1024;

/**
 * The process's slabs. The largest holds the longest frame of a file at least. As many are kept as a copy has in its hands: V8
 * does not count shared memory, so what is dropped lies there until a collection comes for another reason.
 */
export const copySlabs = new Slabs(
  [256 * kib, 1024 * kib, 2048 * kib, dataChunking.maxBytes + 64 * kib],
  128 * kib * kib,
);
