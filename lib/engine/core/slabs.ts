import { dataChunking } from './chunker/fastcdc';

/**
 * Pieces of shared memory that go round. A fresh page costs more than to open and seal what lies in it, so what is read for
 * a copy is sealed anew where it lies, hashed and written from there, and the piece is then used again.
 */
export class Slabs {
  readonly #free: Uint8Array[] = [];

  constructor(
    readonly slabBytes: number,
    private readonly maxKept: number,
  ) {}

  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(new SharedArrayBuffer(this.slabBytes));
  }

  /** Nobody reads or writes it any more. */
  give(slab: Uint8Array): void {
    if (this.#free.length < this.maxKept) this.#free.push(slab);
  }
}

/** The process's slabs. Each holds the longest frame of a file at least. */
export const copySlabs = new Slabs(dataChunking.maxBytes + 64 * 1024, 24);
