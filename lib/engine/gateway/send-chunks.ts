import type { ChunkName, ChunkType } from '@/lib/engine/core';
import { encodeChunkHeader } from '../wire-binary';
import type { Exchange } from './environment';
import { streamBytes } from './http';

type Loaded = AsyncGenerator<{ name: ChunkName; type: ChunkType; bytes: Uint8Array }>;

/**
 * Answers with a batch of chunks. Reading one takes a turn of the fair share; waiting for the other side does not. The
 * answer's head goes out with the first chunk, so that what fails before it is a proper error.
 */
export async function sendChunks(exchange: Exchange, accountId: string, chunks: Loaded): Promise<void> {
  const { env, response } = exchange;
  const next = () => env.share.run(accountId, () => chunks.next());
  try {
    const first = await next();
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
    await streamBytes(response, pieces(first, next), (bytes) =>
      env.metrics.chunkBytes.inc({ direction: 'out' }, bytes),
    );
  } finally {
    await chunks.return(undefined);
  }
}

async function* pieces(
  first: Awaited<ReturnType<Loaded['next']>>,
  next: () => ReturnType<Loaded['next']>,
): AsyncGenerator<Uint8Array> {
  for (let step = first; !step.done; step = await next()) {
    yield encodeChunkHeader(step.value, step.value.bytes.length);
    yield step.value.bytes;
  }
}
