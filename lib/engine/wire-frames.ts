import { asBuffer } from './core/bytes';
import { maxFramePlainBytes } from './core/codec';
import type { CarriedFrame } from './core/vault-io';
import type { ChunkRun } from './core/work/jobs';
import { malformed, maxNamesPerRequest, wireKinds, wireNameBytes } from './wire-binary';

export type Allocate = (length: number) => Uint8Array;

const headBytes = 14;
const recordBytes = wireNameBytes + 4;

export function frameHeadBytes(chunkCount: number): number {
  return headBytes + chunkCount * recordBytes;
}

/** u8 kind, u8 codec, u32 plain length, u32 body length, u32 count; per chunk its name and u32 length. The body follows. */
export function encodeFrameHead(frame: CarriedFrame): Buffer {
  const head = Buffer.allocUnsafe(frameHeadBytes(frame.chunks.lengths.length));
  writeFrameHead(head, frame);
  return head;
}

/** The same into memory of `frameHeadBytes`. */
export function writeFrameHead(head: Buffer, { type, codec, plainLength, chunks, body }: CarriedFrame): void {
  head.writeUInt8(wireKinds[type], 0);
  head.writeUInt8(codec, 1);
  head.writeUInt32BE(plainLength, 2);
  head.writeUInt32BE(body.length, 6);
  head.writeUInt32BE(chunks.lengths.length, 10);
  chunks.lengths.forEach((length, i) => {
    const at = headBytes + i * recordBytes;
    head.set(chunks.names.subarray(i * wireNameBytes, (i + 1) * wireNameBytes), at);
    head.writeUInt32BE(length, at + wireNameBytes);
  });
}

/** Reads frames as they arrive. @throws like `FrameDecoder`. */
export async function* decodeFrames(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxTotalBytes: number,
): AsyncGenerator<CarriedFrame> {
  const decoder = new FrameDecoder(maxTotalBytes);
  for await (const piece of pieces) yield* decoder.push(piece);
  decoder.end();
}

type Filled = (bytes: Buffer) => CarriedFrame | null;

/**
 * Takes frames out of pieces of any size, which it does not keep. Nothing is decompressed and no name is checked here.
 * @throws `invalid_input` for anything over its cap, lengths that do not make up the frame, or an end inside a frame.
 */
export class FrameDecoder {
  #total = 0;
  #open: Buffer = Buffer.alloc(headBytes);
  #filled = 0;
  #then: Filled = (head) => this.#readHead(head);

  /** @param allocate where a body goes; by default, each has memory of its own */
  constructor(
    private readonly maxTotalBytes: number,
    private readonly allocate: Allocate = Buffer.allocUnsafeSlow,
  ) {}

  *push(piece: Uint8Array): Generator<CarriedFrame> {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + this.#open.length - this.#filled);
      this.#open.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      // Parts without bytes follow at once.
      while (this.#filled === this.#open.length) {
        const frame = this.#then(this.#open);
        if (frame) yield frame;
      }
    }
  }

  end(): void {
    if (this.#filled > 0 || this.#open.length !== headBytes) throw malformed('a batch ends inside a frame');
  }

  #await(bytes: Uint8Array, then: Filled): null {
    this.#open = asBuffer(bytes);
    this.#filled = 0;
    this.#then = then;
    return null;
  }

  #readHead(head: Buffer): null {
    const [kind, codec] = [head.readUInt8(0), head.readUInt8(1)];
    const [plainLength, bodyLength] = [head.readUInt32BE(2), head.readUInt32BE(6)];
    const count = head.readUInt32BE(10);
    if (kind !== wireKinds.data && kind !== wireKinds.tree)
      throw malformed(`a batch holds a frame of kind ${kind}`);
    if (count > maxNamesPerRequest) throw malformed('a frame holds too many chunks');
    if (plainLength > maxFramePlainBytes || bodyLength > maxFramePlainBytes)
      throw malformed('a frame is too long');
    this.#total += Math.max(plainLength, bodyLength);
    if (this.#total > this.maxTotalBytes)
      throw malformed(`a batch is longer than ${this.maxTotalBytes} bytes`);
    const type = kind === wireKinds.tree ? 'tree' : 'data';
    return this.#await(Buffer.allocUnsafe(count * recordBytes), (records) => {
      const chunks = readRun(records, count, plainLength);
      return this.#await(this.allocate(bodyLength), (body) => {
        this.#await(Buffer.alloc(headBytes), (next) => this.#readHead(next));
        return { type, codec, plainLength, chunks, body };
      });
    });
  }
}

function readRun(records: Buffer, count: number, plainLength: number): ChunkRun {
  const names = Buffer.allocUnsafeSlow(count * wireNameBytes);
  const lengths: number[] = [];
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const at = i * recordBytes;
    records.copy(names, i * wireNameBytes, at, at + wireNameBytes);
    const length = records.readUInt32BE(at + wireNameBytes);
    lengths.push(length);
    sum += length;
  }
  if (sum !== plainLength) throw malformed("a frame's chunks do not fill it");
  return { lengths, names };
}
