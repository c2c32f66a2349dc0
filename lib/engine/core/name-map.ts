import { asBuffer } from './bytes';
import type { ChunkName } from './chunk';
import { nameBytes } from './names';

const nameWords = nameBytes / 4;
const maxLoad = 0.75;

/**
 * From chunk names to a few 32-bit values, in typed arrays: millions of names without an object each. Open addressing with
 * linear probing over a slot table; the names lie densely in the order of insertion. Names are already random,
 * so their first word is the hash: this is for names that were verified or came from our own index.
 * Memory: (16 + 4 * values) bytes a name when full plus 4 / 0.75 to 8 / 0.75 bytes of slots; growing doubles for a moment.
 */
export class NameMap {
  #slots: Uint32Array;
  #mask: number;
  #words: Uint32Array;
  #size = 0;
  readonly #stride: number;

  constructor(
    readonly valuesPerName: number,
    expected = 0,
  ) {
    this.#stride = nameWords + valuesPerName;
    const slots = 2 ** Math.ceil(Math.log2(Math.max(64, expected / maxLoad)));
    this.#slots = new Uint32Array(slots);
    this.#mask = slots - 1;
    this.#words = new Uint32Array(Math.max(48, expected) * this.#stride);
  }

  get size(): number {
    return this.#size;
  }

  /** @returns the name's entry number (from 0, in order of insertion), or -1. */
  find(name: ChunkName): number {
    const n = asBuffer(name);
    const slot = this.#probe(n.readUInt32LE(0), n.readUInt32LE(4), n.readUInt32LE(8), n.readUInt32LE(12));
    return this.#slots[slot]! - 1;
  }

  /** Finds the name or adds it with all values 0. @returns its entry number. */
  insert(name: ChunkName): number {
    const n = asBuffer(name);
    const words = [n.readUInt32LE(0), n.readUInt32LE(4), n.readUInt32LE(8), n.readUInt32LE(12)] as const;
    let slot = this.#probe(...words);
    if (this.#slots[slot] !== 0) return this.#slots[slot]! - 1;
    if (this.#size + 1 > (this.#mask + 1) * maxLoad) {
      this.#growSlots();
      slot = this.#probe(...words);
    }
    if ((this.#size + 1) * this.#stride > this.#words.length) this.#growWords();
    this.#words.set(words, this.#size * this.#stride);
    this.#slots[slot] = ++this.#size;
    return this.#size - 1;
  }

  getValue(entry: number, which: number): number {
    return this.#words[entry * this.#stride + nameWords + which]!;
  }

  setValue(entry: number, which: number, value: number): void {
    this.#words[entry * this.#stride + nameWords + which] = value;
  }

  nameAt(entry: number): Buffer {
    const name = Buffer.allocUnsafe(nameBytes);
    for (let i = 0; i < nameWords; i++) name.writeUInt32LE(this.#words[entry * this.#stride + i]!, i * 4);
    return name;
  }

  *[Symbol.iterator](): Generator<[name: Buffer, entry: number]> {
    for (let entry = 0; entry < this.#size; entry++) yield [this.nameAt(entry), entry];
  }

  #probe(w0: number, w1: number, w2: number, w3: number): number {
    for (let slot = w0 & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot]!;
      if (entry === 0) return slot;
      const at = (entry - 1) * this.#stride;
      const words = this.#words;
      if (words[at] === w0 && words[at + 1] === w1 && words[at + 2] === w2 && words[at + 3] === w3)
        return slot;
    }
  }

  #growSlots(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    this.#mask = slots.length - 1;
    for (let entry = 0; entry < this.#size; entry++) {
      let slot = this.#words[entry * this.#stride]! & this.#mask;
      while (slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      slots[slot] = entry + 1;
    }
    this.#slots = slots;
  }

  #growWords(): void {
    const words = new Uint32Array(Math.ceil((this.#words.length * 1.5) / this.#stride) * this.#stride);
    words.set(this.#words);
    this.#words = words;
  }
}
