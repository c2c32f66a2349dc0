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

/**
 * Reads frames as they arrive. Nothing is decompressed and no name is checked here.
 * @param allocate where a body goes; by default, each has memory of its own
 * @throws `invalid_input` for anything over its cap, lengths that do not make up the frame, or an end inside a frame.
 */
export async function* decodeFrames(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxTotalBytes: number,
  allocate: Allocate = Buffer.allocUnsafeSlow,
): AsyncGenerator<CarriedFrame> {
  const reader = new PieceReader(pieces);
  let total = 0;
  for (;;) {
    const head = await reader.take(headBytes, { mayEnd: true });
    if (!head) return;
    const [kind, codec] = [head.readUInt8(0), head.readUInt8(1)];
    const [plainLength, bodyLength] = [head.readUInt32BE(2), head.readUInt32BE(6)];
    const count = head.readUInt32BE(10);
    if (kind !== wireKinds.data && kind !== wireKinds.tree)
      throw malformed(`a batch holds a frame of kind ${kind}`);
    if (count > maxNamesPerRequest) throw malformed('a frame holds too many chunks');
    if (plainLength > maxFramePlainBytes || bodyLength > maxFramePlainBytes)
      throw malformed('a frame is too long');
    total += Math.max(plainLength, bodyLength);
    if (total > maxTotalBytes) throw malformed(`a batch is longer than ${maxTotalBytes} bytes`);
    const chunks = readRun((await reader.take(count * recordBytes))!, count, plainLength);
    const body = (await reader.take(bodyLength, { allocate }))!;
    yield { type: kind === wireKinds.tree ? 'tree' : 'data', codec, plainLength, chunks, body };
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

/** Takes exact amounts out of pieces of any size. */
class PieceReader {
  readonly #pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #rest: Uint8Array = Buffer.alloc(0);

  constructor(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#pieces =
      Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  }

  /** @returns null at the end, where that is allowed. */
  async take(
    length: number,
    { mayEnd = false, allocate = Buffer.allocUnsafe }: { mayEnd?: boolean; allocate?: Allocate } = {},
  ): Promise<Buffer | null> {
    const taken = asBuffer(allocate(length));
    for (let filled = 0; filled < length; ) {
      if (this.#rest.length === 0) {
        const next = await this.#pieces.next();
        if (next.done && mayEnd && filled === 0) return null;
        if (next.done) throw malformed('a batch ends inside a frame');
        this.#rest = next.value;
        continue;
      }
      const part = this.#rest.subarray(0, length - filled);
      taken.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return taken;
  }
}
