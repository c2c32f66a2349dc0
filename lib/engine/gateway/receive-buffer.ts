import { maxChunkBytes } from '../wire-binary';

/** Chunks taken in one turn of the fair share. */
export const stepBytes = 4 * 1024 * 1024;
const maxIdle = 3;
const idle: ReceiveBuffer[] = [];

/** Room for the chunks of one step, used again by the next one and by the next request. */
export class ReceiveBuffer {
  readonly #bytes = Buffer.allocUnsafeSlow(stepBytes + maxChunkBytes);
  #taken = 0;

  /** Lends one to `work`, whose chunks are gone when it settles. */
  static async lend<T>(work: (buffer: ReceiveBuffer) => Promise<T>): Promise<T> {
    const buffer = idle.pop() ?? new ReceiveBuffer();
    try {
      return await work(buffer);
    } finally {
      buffer.clear();
      if (idle.length < maxIdle) idle.push(buffer);
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
