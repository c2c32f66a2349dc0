import type { ServerResponse } from 'node:http';
import type { FrameGroup } from '@/lib/engine/core/carried-frames';
import type { CarriedFrame, CarriedGroup } from '@/lib/engine/core/vault-io';
import { encodeFrameHead, frameHeadBytes, writeFrameHead } from '../wire-frames';
import type { Exchange } from './environment';

export interface ServedFrames {
  groups: FrameGroup[];
  /** Bodies in a slab have room for their heads before them. */
  frames: AsyncGenerator<CarriedGroup>;
}

/** What is encrypted by one call: more than this takes fresh memory for what it becomes. */
const pieceBytes = 256 * 1024;

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
    let step = await next();
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': lengthOf(groups),
      'cache-control': 'no-store',
    });
    for (; !step.done; step = await next()) {
      const { release } = step.value;
      for (const piece of piecesOf(encode(step.value))) {
        if (!(await isWritten(response, piece))) return;
        env.metrics.chunkBytes.inc({ direction: 'out' }, piece.length);
      }
      release();
    }
    response.end();
  } finally {
    await frames.return(undefined);
  }
}

function lengthOf(groups: readonly FrameGroup[]): number {
  return groups
    .flat()
    .reduce((sum, { parts, bodyBytes }) => sum + frameHeadBytes(parts.length) + bodyBytes, 0);
}

/** What bodies in a slab begin with is written before them: together they are what crosses. */
function encode({ frames, slab }: CarriedGroup): Uint8Array {
  if (!slab) return Buffer.concat(frames.flatMap((frame) => [encodeFrameHead(frame), frame.body]));
  let length = 0;
  for (const frame of frames) {
    const headBytes = frameHeadBytes(frame.chunks.lengths.length);
    writeFrameHead(headBefore(frame, headBytes), frame);
    length += headBytes + frame.body.length;
  }
  return slab.subarray(0, length);
}

function headBefore({ body }: CarriedFrame, headBytes: number): Buffer {
  return Buffer.from(body.buffer, body.byteOffset - headBytes, headBytes);
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/**
 * Hands one piece to the connection and waits until it has gone: what waits with others is copied together before it is
 * encrypted. @returns false when the other side has gone away, which ends the answer quietly.
 */
function isWritten(response: ServerResponse, piece: Uint8Array): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const isGone = () => resolve(false);
    response.once('close', isGone);
    response.write(piece, (error) => {
      response.off('close', isGone);
      resolve(!error);
    });
  });
}
