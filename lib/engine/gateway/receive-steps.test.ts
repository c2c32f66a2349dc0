import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Chunk } from '@/lib/engine/core';
import { encodeChunks } from '../wire-binary';
import { ReceiveBuffer } from './receive-buffer';
import { receiveSteps } from './receive-steps';

const mib = 1024 * 1024;
const chunkOf = (length: number): Chunk => ({
  name: randomBytes(16),
  type: 'data',
  bytes: randomBytes(length),
});

function begin(take: (chunks: readonly Chunk[], bytes: number) => Promise<void>) {
  const stream = new PassThrough({ highWaterMark: mib });
  const received = receiveSteps(stream as unknown as IncomingMessage, new ReceiveBuffer(), take);
  return { stream, received };
}

function withResolvers(): { promise: Promise<void>; resolve(): void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** In pieces that end anywhere. */
function send(stream: PassThrough, chunks: readonly Chunk[], pieceBytes = 16_384): void {
  const body = Buffer.concat(encodeChunks(chunks).pieces);
  for (let at = 0; at < body.length; at += pieceBytes) stream.write(body.subarray(at, at + pieceBytes));
}

describe('a batch of chunks', () => {
  it.each([16_384, 10 * mib])(
    'arrives in steps of bounded size, one after the other, in pieces of %i',
    async (piece) => {
      const chunks = [3 * mib, 10, 4 * mib, 0, 2 * mib, 1.5 * mib, 7].map(chunkOf);
      const got: { name: Buffer; bytes: Buffer }[] = [];
      const steps: number[] = [];
      let running = 0;
      const { stream, received } = begin(async (step, bytes) => {
        expect(++running).toBe(1);
        steps.push(bytes);
        await new Promise(setImmediate);
        for (const chunk of step)
          got.push({ name: Buffer.from(chunk.name), bytes: Buffer.from(chunk.bytes) });
        running--;
      });
      send(stream, chunks, piece);
      stream.end();
      await received;
      expect(got.map(({ name }) => name)).toEqual(chunks.map(({ name }) => name));
      expect(got.every(({ bytes }, i) => bytes.equals(chunks[i]!.bytes))).toBe(true);
      expect(steps.every((bytes) => bytes < 8 * mib)).toBe(true);
      expect(steps.length).toBeGreaterThan(1);
    },
  );

  it('that ends inside a chunk is refused, and so is one whose step is', async () => {
    const cut = begin(async () => {});
    cut.stream.end(Buffer.concat(encodeChunks([chunkOf(100)]).pieces).subarray(0, 50));
    await expect(cut.received).rejects.toMatchObject({ code: 'invalid_input' });
    const refused = begin(() => Promise.reject(new Error('no room')));
    send(refused.stream, [chunkOf(4 * mib), chunkOf(100)]);
    await expect(refused.received).rejects.toThrow('no room');
  });

  it('whose connection breaks is given up only when the step under way has been taken', async () => {
    const events: string[] = [];
    const taking = withResolvers();
    const begun = withResolvers();
    const { stream, received } = begin(async () => {
      begun.resolve();
      await taking.promise;
      events.push('taken');
    });
    send(stream, [chunkOf(4 * mib), chunkOf(100)]);
    await begun.promise;
    const failed = received.catch(() => events.push('given up'));
    stream.destroy(new Error('gone'));
    await new Promise(setImmediate);
    expect(events).toEqual([]);
    taking.resolve();
    await failed;
    expect(events).toEqual(['taken', 'given up']);
  });
});
