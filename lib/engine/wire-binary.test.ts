import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Chunk } from './core/chunk';
import { decodeChunks, decodeNames, encodeChunks, encodeNames, wireHeaderBytes } from './wire-binary';

const chunk = fc.record({
  name: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  type: fc.constantFrom<Chunk['type']>('data', 'tree'),
  bytes: fc.uint8Array({ maxLength: 300 }),
});

async function collect(source: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const one of source) chunks.push(one);
  return chunks;
}

function cut(bytes: Buffer, sizes: number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const plain = (chunks: Chunk[]) => chunks.map((c) => [c.type, Buffer.from(c.name), Buffer.from(c.bytes)]);

describe('chunk batches', () => {
  test('come out as they went in, however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunk, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1, maxLength: 8 }),
        async (chunks, sizes) => {
          const { pieces, length } = encodeChunks(chunks);
          const bytes = Buffer.concat(pieces);
          expect(bytes.length).toBe(length);
          expect(plain(await collect(decodeChunks(cut(bytes, sizes))))).toEqual(plain(chunks));
        },
      ),
    );
  });

  test('own their bytes: reusing the stream buffer changes nothing', async () => {
    const { pieces } = encodeChunks([{ name: Buffer.alloc(16, 7), type: 'data', bytes: Buffer.from('abc') }]);
    const bytes = Buffer.concat(pieces);
    const [only] = await collect(decodeChunks([bytes]));
    bytes.fill(0);
    expect(Buffer.from(only!.bytes).toString()).toBe('abc');
    expect(only!.name[0]).toBe(7);
  });

  test('are refused over their caps, with an unknown kind, or cut short', async () => {
    const { pieces } = encodeChunks([{ name: Buffer.alloc(16), type: 'data', bytes: Buffer.alloc(100) }]);
    const bytes = Buffer.concat(pieces);
    await expect(collect(decodeChunks([bytes], { maxChunkBytes: 99 }))).rejects.toThrow('longer than 99');
    await expect(collect(decodeChunks([bytes], { maxTotalBytes: 120 }))).rejects.toThrow('longer than 120');
    for (const end of [1, wireHeaderBytes, bytes.length - 1])
      await expect(collect(decodeChunks([bytes.subarray(0, end)]))).rejects.toThrow('ends inside');
    const odd = Buffer.from(bytes);
    odd[16] = 2;
    await expect(collect(decodeChunks([odd]))).rejects.toThrow('kind 2');
  });

  test('refuse a huge declared length before taking memory for it', async () => {
    const header = Buffer.alloc(wireHeaderBytes);
    header.writeUInt32BE(0xffffffff, 17);
    await expect(collect(decodeChunks([header]))).rejects.toThrow('longer than');
  });
});

test('names come out as they went in, and odd lengths or too many are refused', () => {
  const names = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
  expect(decodeNames(encodeNames(names))).toEqual(names);
  expect(() => decodeNames(Buffer.alloc(17))).toThrow('inside a name');
  expect(() => decodeNames(Buffer.alloc(48), 2)).toThrow('more than 2');
});
