import { describe, expect, it } from 'vitest';
import type { CarriedFrame } from './core/vault-io';
import { decodeFrames, encodeFrameHead, frameHeadBytes } from './wire-frames';

const frame = (type: 'data' | 'tree', lengths: number[], bodyLength: number): CarriedFrame => ({
  type,
  codec: 1,
  plainLength: lengths.reduce((sum, length) => sum + length, 0),
  chunks: { lengths, names: Buffer.alloc(16 * lengths.length, lengths.length) },
  body: Buffer.alloc(bodyLength, 9),
});
const frames = [frame('data', [5, 7000, 0], 90_000), frame('tree', [12], 12), frame('data', [1], 0)];
const bytes = Buffer.concat(frames.flatMap((one) => [encodeFrameHead(one), one.body]));

function* cut(whole: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

async function collect(pieces: Iterable<Buffer>, maxTotalBytes = 1 << 20): Promise<CarriedFrame[]> {
  const found: CarriedFrame[] = [];
  for await (const one of decodeFrames(pieces, maxTotalBytes)) found.push(one);
  return found;
}

describe('frames on the wire', () => {
  it.each([1, 13, 14, 4096, bytes.length])('arrive as they were sent in pieces of %d bytes', async (size) => {
    expect(await collect(cut(bytes, size))).toEqual(frames);
  });

  it('are as long as their heads and bodies, which is told before they are read', () => {
    const told = frames.map(({ chunks, body }) => frameHeadBytes(chunks.lengths.length) + body.length);
    expect(told.reduce((sum, length) => sum + length)).toBe(bytes.length);
  });

  it('are refused when they end early, are longer than was asked for, or their chunks do not fill them', async () => {
    for (const end of [3, 40, 5000, bytes.length - 1])
      await expect(collect([bytes.subarray(0, end)])).rejects.toThrow('ends inside a frame');
    await expect(collect([bytes], 90_000)).rejects.toThrow('longer than 90000');
    const short = Buffer.from(bytes);
    short.writeUInt32BE(7004, 2);
    await expect(collect([short])).rejects.toThrow('do not fill it');
  });

  it('are refused before memory is taken for what a head claims', async () => {
    const head = (change: (head: Buffer) => void) => {
      const claimed = Buffer.from(bytes.subarray(0, 14));
      change(claimed);
      return claimed;
    };
    await expect(collect([head((h) => h.writeUInt32BE(2 ** 31, 6))])).rejects.toThrow('too long');
    await expect(collect([head((h) => h.writeUInt32BE(2 ** 31, 10))])).rejects.toThrow('too many chunks');
    await expect(collect([head((h) => h.writeUInt8(2, 0))])).rejects.toThrow('kind 2');
  });
});
