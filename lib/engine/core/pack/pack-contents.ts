import { ByteReader } from '../bytes';
import type { PackRow } from '../chunk';
import { nameBytes } from '../names';
import type { FrameInfo } from './frame-table';
import { rowRecordBytes } from './pack-format';

/** A pack's table of contents in typed arrays, without an object a chunk. */
export class PackContents {
  readonly #names: Buffer;
  readonly #lengths: Uint32Array;
  /** The first row of each frame, and the end. */
  readonly #starts: Uint32Array;

  /** Rows lie in the order of frames and, in a frame, of chunks, which fill its plaintext. @throws `corrupt_data`. */
  constructor(bytes: Uint8Array, frames: readonly FrameInfo[], what: string) {
    const reader = new ByteReader(bytes, what);
    const count = Math.floor(bytes.length / rowRecordBytes);
    this.#names = Buffer.allocUnsafe(count * nameBytes);
    this.#lengths = new Uint32Array(count);
    this.#starts = new Uint32Array(frames.length + 1);
    let row = 0;
    frames.forEach((frame, number) => {
      let left = frame.plainLength;
      for (const end = row + frame.chunkCount; row < end; row++) {
        this.#names.set(reader.raw(nameBytes), row * nameBytes);
        left -= this.#lengths[row] = reader.u32();
      }
      this.#starts[number + 1] = row;
      if (left !== 0) reader.fail('its chunks do not fill their frame');
    });
    reader.end();
  }

  get size(): number {
    return this.#lengths.length;
  }

  nameAt(row: number): Buffer {
    return this.#names.subarray(row * nameBytes, (row + 1) * nameBytes);
  }

  rowAt(row: number): PackRow {
    const frame = this.#frameOf(row);
    let offset = 0;
    for (let before = this.#starts[frame]!; before < row; before++) offset += this.#lengths[before]!;
    return { name: this.nameAt(row), frame, offset, length: this.#lengths[row]! };
  }

  /** The rows of one frame; none for a frame that the pack does not have. */
  rowsOf(frame: number): PackRow[] {
    const rows: PackRow[] = [];
    let offset = 0;
    for (let row = this.#starts[frame] ?? 0; row < (this.#starts[frame + 1] ?? 0); row++) {
      const length = this.#lengths[row]!;
      rows.push({ name: this.nameAt(row), frame, offset, length });
      offset += length;
    }
    return rows;
  }

  #frameOf(row: number): number {
    let low = 0;
    let high = this.#starts.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
