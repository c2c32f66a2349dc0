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
  const maxChunk = caps.maxChunkBytes ?? maxChunkBytes;
  const maxTotal = caps.maxTotalBytes ?? maxBatchBytes;
  const allocate = caps.allocate ?? ((length) => Buffer.allocUnsafeSlow(length));
  const header = Buffer.alloc(wireHeaderBytes);
  let headerFilled = 0;
  let chunk: Chunk | null = null;
  let chunkFilled = 0;
  let total = 0;
  for await (const piece of body) {
    total += piece.length;
    if (total > maxTotal) throw malformed(`a batch is longer than ${maxTotal} bytes`);
    for (let at = 0; at < piece.length; ) {
      if (!chunk) {
        const part = piece.subarray(at, at + wireHeaderBytes - headerFilled);
        header.set(part, headerFilled);
        headerFilled += part.length;
        at += part.length;
        if (headerFilled === wireHeaderBytes) {
          chunk = openChunk(header, maxChunk, allocate);
          headerFilled = chunkFilled = 0;
        }
      }
      if (chunk) {
        const part = piece.subarray(at, at + chunk.bytes.length - chunkFilled);
        chunk.bytes.set(part, chunkFilled);
        chunkFilled += part.length;
        at += part.length;
        if (chunkFilled === chunk.bytes.length) {
          yield chunk;
          chunk = null;
        }
      }
    }
  }
  if (chunk || headerFilled > 0) throw malformed('a batch ends inside a chunk');
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
