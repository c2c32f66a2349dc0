import { deriveGearTable } from '@/lib/engine/core/chunker/fastcdc';
import type { KeyCell } from '../model';

/** Sizes of the groups that rows are kept in. */
export const rowGroups = { minBytes: 32 * 1024, averageBytes: 256 * 1024, maxBytes: 4 * 1024 * 1024 };

/**
 * Gathers rows into groups that end where a row's key says so, whatever stands before or in the row: a changed row changes
 * its own group, a new or deleted one at most the next besides. The decision is keyed, so that the sizes of sealed groups
 * do not tell which keys are in them.
 */
export class RowCutter {
  readonly #gear: Uint32Array;
  readonly #group: Buffer;
  #length = 0;

  constructor(
    namingKey: Uint8Array,
    private readonly sizes = rowGroups,
  ) {
    this.#gear = deriveGearTable(namingKey);
    this.#group = Buffer.allocUnsafeSlow(sizes.maxBytes);
  }

  /** Adds a row's bytes. @returns groups that are complete, to be used before the next call. */
  *add(key: readonly KeyCell[], row: Uint8Array): Generator<Buffer> {
    const { minBytes, averageBytes, maxBytes } = this.sizes;
    if (this.#length + row.length > maxBytes) yield* this.finish();
    for (let at = 0; at < row.length; ) {
      const part = row.subarray(at, at + maxBytes - this.#length);
      this.#group.set(part, this.#length);
      this.#length += part.length;
      at += part.length;
      if (at < row.length) yield* this.finish();
    }
    const chance = Math.min(row.length / averageBytes, 1) * 2 ** 32;
    if (this.#length >= minBytes && this.#hash(key) < chance) yield* this.finish();
  }

  /** What is left at the end of a range. */
  *finish(): Generator<Buffer> {
    if (this.#length === 0) return;
    const group = this.#group.subarray(0, this.#length);
    this.#length = 0;
    yield group;
  }

  #hash(key: readonly KeyCell[]): number {
    let hash = 0x811c9dc5;
    for (const { bytes } of key) {
      for (const byte of bytes) hash = Math.imul(hash ^ this.#gear[byte]!, 0x01000193);
      hash = Math.imul(hash ^ bytes.length, 0x01000193);
    }
    // The low bits of a product depend on few of the bytes before.
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d);
    return (hash ^ (hash >>> 12)) >>> 0;
  }
}
