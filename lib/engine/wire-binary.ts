import { CrossvaultError } from '@/lib/errors';
import type { Chunk, ChunkName, ChunkType } from './core/chunk';

/**
 * The binary bodies between client and gateway.
 *
 *   ChunkNames  16-byte names, one after another
 *   ChunkBatch  per chunk: 16-byte name, u8 kind (0 data, 1 tree page), u32 big-endian length, bytes
 *   FrameBatch  see `wire-frames.ts`
 *
 * Both sides read them as streams and stop at the caps below, before memory is taken.
 */
export const wireNameBytes = 16;
export const wireHeaderBytes = wireNameBytes + 5;
/** The longest chunk that may cross: FastCDC's maximum. Pages are far shorter. */
export const maxChunkBytes = 4 * 1024 * 1024;
/** What a sender fills a batch up to; one chunk may go over it. */
export const targetBatchBytes = 8 * 1024 * 1024;
/** What a receiver takes in one batch. */
export const maxBatchBytes = targetBatchBytes + maxChunkBytes + 1024 * 1024;
/** Names in one `known` question or one restore request. */
export const maxNamesPerRequest = 16_384;

export const wireKinds: Record<ChunkType, number> = { data: 0, tree: 1 };

export interface ReadCaps {
  maxChunkBytes?: number;
  maxTotalBytes?: number;
  /** Where a chunk's bytes go. By default, each has memory of its own. */
  allocate?: (length: number) => Uint8Array;
}

export function encodeNames(names: readonly ChunkName[]): Buffer {
  return Buffer.concat(names, names.length * wireNameBytes);
}

/** Views into `body`. @throws `invalid_input` when it is no whole number of names, or more than `maxNames`. */
export function decodeNames(body: Uint8Array, maxNames = maxNamesPerRequest): Buffer[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (bytes.length % wireNameBytes !== 0) throw malformed('a list of names ends inside a name');
  if (bytes.length / wireNameBytes > maxNames) throw malformed(`a list holds more than ${maxNames} names`);
  return Array.from({ length: bytes.length / wireNameBytes }, (_, i) =>
    bytes.subarray(i * wireNameBytes, (i + 1) * wireNameBytes),
  );
}

/** What precedes a chunk's bytes in a batch. */
export function encodeChunkHeader(chunk: Pick<Chunk, 'name' | 'type'>, length: number): Buffer {
  const header = Buffer.allocUnsafe(wireHeaderBytes);
  header.set(chunk.name, 0);
  header.writeUInt8(wireKinds[chunk.type], wireNameBytes);
  header.writeUInt32BE(length, wireNameBytes + 1);
  return header;
}

/** The pieces of a batch, to be written one after another; the chunks' own bytes are not copied. */
export function encodeChunks(chunks: readonly Chunk[]): { pieces: Uint8Array[]; length: number } {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (const chunk of chunks) {
    pieces.push(encodeChunkHeader(chunk, chunk.bytes.length), chunk.bytes);
    length += wireHeaderBytes + chunk.bytes.length;
  }
  return { pieces, length };
}

/**
 * Reads a batch as it arrives. Names are not checked here.
 * @throws `invalid_input` for an unknown kind, a chunk or a batch over its cap, or an end inside a chunk.
 */
export async function* decodeChunks(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  caps: ReadCaps = {},
): AsyncGenerator<Chunk> {
  const decoder = new ChunkDecoder(caps);
  for await (const piece of body) yield* decoder.chunksOf(piece);
  decoder.end();
}

/** The same for who is handed the pieces one after the other. */
export class ChunkDecoder {
  readonly #maxChunk: number;
  readonly #maxTotal: number;
  readonly #allocate: (length: number) => Uint8Array;
  readonly #header = Buffer.alloc(wireHeaderBytes);
  #headerFilled = 0;
  #chunk: Chunk | null = null;
  #chunkFilled = 0;
  #total = 0;

  constructor(caps: ReadCaps = {}) {
    this.#maxChunk = caps.maxChunkBytes ?? maxChunkBytes;
    this.#maxTotal = caps.maxTotalBytes ?? maxBatchBytes;
    this.#allocate = caps.allocate ?? ((length) => Buffer.allocUnsafeSlow(length));
  }

  /** The chunks that end in this piece. What follows a chunk has no room taken for it before the next one is asked for. */
  *chunksOf(piece: Uint8Array): Generator<Chunk> {
    this.#total += piece.length;
    if (this.#total > this.#maxTotal) throw malformed(`a batch is longer than ${this.#maxTotal} bytes`);
    for (let at = 0; at < piece.length; ) {
      if (!this.#chunk) at += this.#fillHeader(piece, at);
      const chunk = this.#chunk as Chunk | null;
      if (!chunk) continue;
      const part = piece.subarray(at, at + chunk.bytes.length - this.#chunkFilled);
      chunk.bytes.set(part, this.#chunkFilled);
      this.#chunkFilled += part.length;
      at += part.length;
      if (this.#chunkFilled < chunk.bytes.length) continue;
      this.#chunk = null;
      yield chunk;
    }
  }

  end(): void {
    if (this.#chunk || this.#headerFilled > 0) throw malformed('a batch ends inside a chunk');
  }

  /** @returns how many bytes of the piece went into it. */
  #fillHeader(piece: Uint8Array, at: number): number {
    const part = piece.subarray(at, at + wireHeaderBytes - this.#headerFilled);
    this.#header.set(part, this.#headerFilled);
    this.#headerFilled += part.length;
    if (this.#headerFilled === wireHeaderBytes) {
      this.#chunk = openChunk(this.#header, this.#maxChunk, this.#allocate);
      this.#headerFilled = this.#chunkFilled = 0;
    }
    return part.length;
  }
}

function openChunk(header: Buffer, maxChunk: number, allocate: (length: number) => Uint8Array): Chunk {
  const kind = header.readUInt8(wireNameBytes);
  const length = header.readUInt32BE(wireNameBytes + 1);
  if (kind !== wireKinds.data && kind !== wireKinds.tree)
    throw malformed(`a batch holds a chunk of kind ${kind}`);
  if (length > maxChunk) throw malformed(`a chunk is longer than ${maxChunk} bytes`);
  return {
    name: Buffer.from(header.subarray(0, wireNameBytes)),
    type: kind === wireKinds.tree ? 'tree' : 'data',
    bytes: allocate(length),
  };
}

export function malformed(what: string): CrossvaultError {
  return new CrossvaultError('invalid_input', `The other side sent bytes that cannot be read: ${what}.`);
}
