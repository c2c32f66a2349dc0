import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CarriedFrame } from '@/lib/engine/core';
import type { FrameGroup } from '@/lib/engine/core/carried-frames';
import { encodeFrameHead, frameHeadBytes } from '../wire-frames';
import type { Exchange } from './environment';
import { streamBytes } from './http';

export interface ServedFrames {
  groups: FrameGroup[];
  frames: AsyncGenerator<CarriedFrame[]>;
}

/** Larger bodies are written by themselves: what is written in one turn is copied together before it is encrypted. */
const apartBytes = 32 * 1024;

/**
 * Answers with frames. Reading some takes a turn of the fair share; waiting for the other side does not. The answer's head
 * goes out with the first frame, so that what fails before it is a proper error.
 */
export async function sendFrames(
  exchange: Exchange,
  accountId: string,
  { groups, frames }: ServedFrames,
): Promise<void> {
  const { env, response } = exchange;
  const next = () => env.share.run(accountId, () => frames.next());
  try {
    const first = await next();
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': lengthOf(groups),
      'cache-control': 'no-store',
    });
    await streamBytes(response, pieces(first, next), (bytes) =>
      env.metrics.chunkBytes.inc({ direction: 'out' }, bytes),
    );
  } finally {
    await frames.return(undefined);
  }
}

function lengthOf(groups: readonly FrameGroup[]): number {
  return groups
    .flat()
    .reduce((sum, { parts, bodyBytes }) => sum + frameHeadBytes(parts.length) + bodyBytes, 0);
}

async function* pieces(
  first: IteratorResult<CarriedFrame[], unknown>,
  next: () => Promise<IteratorResult<CarriedFrame[], unknown>>,
): AsyncGenerator<Uint8Array> {
  let small: Uint8Array[] = [];
  for (let step = first; !step.done; step = await next()) {
    for (const frame of step.value as CarriedFrame[]) {
      small.push(encodeFrameHead(frame));
      if (frame.body.length < apartBytes) {
        small.push(frame.body);
        continue;
      }
      yield Buffer.concat(small);
      small = [];
      await nextTurn();
      yield frame.body;
    }
    if (small.length > 0) yield Buffer.concat(small);
    small = [];
  }
}
