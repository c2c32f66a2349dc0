import { copySlabs, type Slabs } from './slabs';

/** Shared memory of what arrives together. It is given back when the last who holds it lets go, and used again. */
export class Lease {
  readonly #taken: Uint8Array[] = [];
  #rest: Uint8Array = new Uint8Array(0);
  #holders = 1;

  constructor(private readonly slabs: Slabs = copySlabs) {}

  allocate(length: number): Uint8Array {
    if (this.#rest.length >= length) {
      const found = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      return found;
    }
    const slab = this.slabs.takeOrMake(Math.max(length, this.slabs.largest));
    this.#taken.push(slab);
    if (slab.length - length > this.#rest.length) this.#rest = slab.subarray(length);
    return slab.subarray(0, length);
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    if (--this.#holders > 0) return;
    this.#rest = this.#rest.subarray(0, 0);
    for (const slab of this.#taken.splice(0)) this.slabs.give(slab);
  }
}
