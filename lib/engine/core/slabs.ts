import { dataChunking } from './chunker/fastcdc';
import { KeptMemory } from './kept-memory';

/** Pieces of shared memory: what is read for a copy is sealed anew where it lies, hashed and written from there. */
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

  give(slab: Uint8Array): void {
    this.#kept.give(slab);
  }
}

const kib = 1024;

/** The process's slabs. The largest holds the longest frame of a file at least. */
export const copySlabs = new Slabs(
  [256 * kib, 1024 * kib, 2048 * kib, dataChunking.maxBytes + 64 * kib],
  32 * kib * kib,
);
