import type { Chunk } from '@/lib/engine/core/chunk';
import { codecs } from '@/lib/engine/core/codec';
import type { CarriedFrame } from '@/lib/engine/core/vault-io';

/** Chunks that come one by one, for who reads frames. */
export async function* chunksAsFrames(
  chunks: AsyncIterable<Pick<Chunk, 'name' | 'bytes'> & Partial<Chunk>>,
): AsyncGenerator<CarriedFrame> {
  for await (const { name, bytes, type = 'tree' } of chunks) {
    const { length } = bytes;
    const run = { lengths: [length], names: name };
    yield { type, codec: codecs.stored, plainLength: length, chunks: run, body: bytes };
  }
}
