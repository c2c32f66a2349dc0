import fastcdcWasm from '../wasm/fastcdc.embedded';
import { type ChunkerParams, cutMasks, dataChunking, deriveGearTable } from './fastcdc';

type Cut = (
  at: number,
  available: number,
  min: number,
  average: number,
  max: number,
  hard: number,
  easy: number,
) => number;

const gearBytes = 1024;
const pageBytes = 65536;
let module: WebAssembly.Module | undefined;

/**
 * Cuts one stream of bytes after another by content, in fixed memory: room for two of the largest chunks.
 *
 *     for (;;) { const n = await file.read(chunker.space()); chunker.advance(n); … chunker.next(n === 0) }
 */
export class Chunker {
  readonly #cut: Cut;
  readonly #memory: Uint8Array;
  readonly #params: ChunkerParams;
  readonly #masks: { hard: number; easy: number };
  #start = gearBytes;
  #end = gearBytes;

  constructor(namingKey: Uint8Array, params: ChunkerParams = dataChunking) {
    this.#params = params;
    this.#masks = cutMasks(params);
    const pages = Math.ceil((gearBytes + 2 * params.maxBytes) / pageBytes);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    module ??= new WebAssembly.Module(Buffer.from(fastcdcWasm, 'base64'));
    this.#cut = new WebAssembly.Instance(module, { env: { memory } }).exports.cut as Cut;
    this.#memory = new Uint8Array(memory.buffer);
    const view = new DataView(memory.buffer);
    deriveGearTable(namingKey).forEach((word, i) => {
      view.setUint32(i * 4, word, true);
    });
  }

  /** Where the next bytes of the stream go; never empty once `next` has answered null. Valid until `next` is called. */
  space(): Uint8Array {
    if (this.#start > gearBytes) {
      this.#memory.copyWithin(gearBytes, this.#start, this.#end);
      this.#end -= this.#start - gearBytes;
      this.#start = gearBytes;
    }
    return this.#memory.subarray(this.#end);
  }

  /** Says that the first `count` bytes of `space()` were filled. */
  advance(count: number): void {
    this.#end += count;
  }

  /**
   * The next chunk, or null when more bytes are needed to tell where it ends. With `isLast`, null means that the stream is
   * used up and the next one may begin. A view, valid until `space` is called.
   */
  next(isLast: boolean): Uint8Array | null {
    const available = this.#end - this.#start;
    const { minBytes, averageBytes, maxBytes } = this.#params;
    if (available === 0 || (!isLast && available < maxBytes)) return null;
    const { hard, easy } = this.#masks;
    const length = this.#cut(this.#start, available, minBytes, averageBytes, maxBytes, hard, easy);
    const chunk = this.#memory.subarray(this.#start, this.#start + length);
    this.#start += length;
    return chunk;
  }

  /** Forgets an unfinished stream. */
  reset(): void {
    this.#start = this.#end = gearBytes;
  }

  /** Cuts a whole stream. Each chunk is a view that is valid until the next one is asked for. */
  async *split(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.reset();
    for await (const piece of source) {
      let rest = piece;
      while (rest.length > 0) {
        const space = this.space();
        const part = rest.subarray(0, space.length);
        space.set(part);
        this.advance(part.length);
        rest = rest.subarray(part.length);
        for (let chunk = this.next(false); chunk; chunk = this.next(false)) yield chunk;
      }
    }
    for (let chunk = this.next(true); chunk; chunk = this.next(true)) yield chunk;
  }
}
