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

/** Small chunks go out together: a piece each would cost its own records and packets. */
const joinedBytes = 256 * 1024;

async function* pieces(
  first: Awaited<ReturnType<Loaded['next']>>,
  next: () => ReturnType<Loaded['next']>,
): AsyncGenerator<Uint8Array> {
  let open: Uint8Array[] = [];
  let length = 0;
  const join = () => {
    const joined = Buffer.concat(open, length);
    open = [];
    length = 0;
    return joined;
  };
  try {
    for (let step = first; !step.done; step = await next()) {
      const { bytes } = step.value;
      const header = encodeChunkHeader(step.value, bytes.length);
      open.push(header);
      length += header.length;
      if (bytes.length >= joinedBytes) {
        yield join();
        yield bytes;
        continue;
      }
      open.push(bytes);
      length += bytes.length;
      if (length >= joinedBytes) yield join();
    }
  } catch (error) {
    // What was read before it arrives all the same: the other side asks for the rest.
    if (length > 0) yield join();
    throw error;
  }
  if (length > 0) yield join();
}
