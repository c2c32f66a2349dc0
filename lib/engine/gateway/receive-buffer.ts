import { KeptMemory } from '@/lib/engine/core/kept-memory';
import { maxChunkBytes } from '../wire-binary';

/** Chunks taken in one turn of the fair share. */
export const stepBytes = 4 * 1024 * 1024;
const bufferBytes = stepBytes + maxChunkBytes;
const kept = new KeptMemory<ReceiveBuffer>(() => bufferBytes, 3 * bufferBytes);

/** Room for the chunks of one step, used again by the next one and by the next request. */
export class ReceiveBuffer {
  readonly #bytes = Buffer.allocUnsafeSlow(bufferBytes);
  #taken = 0;

  /** Lends one to `work`, whose chunks are gone when it settles. */
  static async lend<T>(work: (buffer: ReceiveBuffer) => Promise<T>): Promise<T> {
    const buffer = kept.take() ?? new ReceiveBuffer();
    try {
      return await work(buffer);
    } finally {
      buffer.clear();
      kept.give(buffer);
    }
  }

  take(length: number): Uint8Array {
    this.#taken += length;
    return this.#bytes.subarray(this.#taken - length, this.#taken);
  }

  clear(): void {
    this.#taken = 0;
  }
}
