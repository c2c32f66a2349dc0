import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise } from '../test-bytes';
import { Chunker } from './chunker';
import { type ChunkerParams, cutMasks, deriveGearTable, findCutInJs } from './fastcdc';

const key = noise(32, 7);
const small: ChunkerParams = { minBytes: 256, averageBytes: 1024, maxBytes: 4096 };

function splitInJs(bytes: Uint8Array, params: ChunkerParams, namingKey = key): Buffer[] {
  const gear = deriveGearTable(namingKey);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = findCutInJs(gear, params, bytes.subarray(at));
    chunks.push(Buffer.from(bytes.subarray(at, at + length)));
    at += length;
  }
  return chunks;
}

async function split(pieces: Iterable<Uint8Array>, chunker = new Chunker(key, small)): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of chunker.split(pieces)) chunks.push(Buffer.from(chunk));
  return chunks;
}

function pieces(bytes: Buffer, sizes: number[]): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parts;
}

describe('Chunker', () => {
  it('cuts where the reference in JavaScript cuts, however the stream arrives in pieces', async () => {
    const chunker = new Chunker(key, small);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60_000 }),
        fc.nat(1000),
        fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 5 }),
        async (length, seed, sizes) => {
          const bytes = noise(length, seed);
          expect(await split(pieces(bytes, sizes), chunker)).toEqual(splitInJs(bytes, small));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives back every byte in chunks between the minimum and the maximum', async () => {
    const bytes = Buffer.concat([noise(200_000), Buffer.alloc(50_000), noise(100_000, 2)]);
    const chunks = await split([bytes]);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    for (const chunk of chunks.slice(0, -1)) {
      expect(chunk.length).toBeGreaterThan(small.minBytes);
      expect(chunk.length).toBeLessThanOrEqual(small.maxBytes);
    }
    const mean = 300_000 / (await split([noise(300_000)])).length;
    expect(mean).toBeGreaterThan(900);
    expect(mean).toBeLessThan(1500);
  });

  it('finds the old cuts again shortly after an insertion', async () => {
    const before = noise(400_000);
    const after = Buffer.concat([before.subarray(0, 150_000), noise(37, 3), before.subarray(150_000)]);
    const known = new Set((await split([before])).map((chunk) => chunk.toString('hex')));
    const fresh = (await split([after])).filter((chunk) => !known.has(chunk.toString('hex')));
    expect(fresh.length).toBeLessThanOrEqual(5);
  });

  it('cuts elsewhere under another naming key', async () => {
    const bytes = noise(100_000);
    const other = await split([bytes], new Chunker(noise(32, 8), small));
    expect(other.map((c) => c.length)).not.toEqual((await split([bytes])).map((c) => c.length));
  });

  it('cuts large streams with the default sizes as the reference does', async () => {
    const bytes = noise(24 * 1024 * 1024);
    const chunks = await split(pieces(bytes, [1 << 20]), new Chunker(key));
    const params = { minBytes: 262_144, averageBytes: 1_048_576, maxBytes: 4_194_304 };
    expect(chunks.map((c) => c.length)).toEqual(splitInJs(bytes, params).map((c) => c.length));
  });

  it('refuses an average that is not a power of two', () => {
    expect(() => cutMasks({ ...small, averageBytes: 1000 })).toThrow('power of two');
  });
});
