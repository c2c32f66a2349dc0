import { hkdfSync } from 'node:crypto';
import { invariant } from '@/lib/errors';
import { formatVersion } from '../format-version';

export interface ChunkerParams {
  minBytes: number;
  /** A power of two. The mean chunk is somewhat longer (by 10 to 20 %). */
  averageBytes: number;
  maxBytes: number;
}

/** How files are cut. Part of what makes two backups share chunks: changing it stores everything anew. */
export const dataChunking: ChunkerParams = {
  minBytes: 256 * 1024,
  averageBytes: 1024 * 1024,
  maxBytes: 4 * 1024 * 1024,
};

/**
 * 256 words derived from the naming key. Keyed, so that the sizes of sealed chunks do not tell which well-known file they
 * came from.
 */
export function deriveGearTable(namingKey: Uint8Array): Uint32Array {
  const bytes = Buffer.from(hkdfSync('sha256', namingKey, '', `crossvault/${formatVersion}/gear`, 256 * 4));
  return Uint32Array.from({ length: 256 }, (_, i) => bytes.readUInt32BE(i * 4));
}

/** Normalised chunking of level 2: four times harder to cut before the average, four times easier after. */
export function cutMasks({ averageBytes }: ChunkerParams): { hard: number; easy: number } {
  const bits = Math.log2(averageBytes);
  invariant(
    Number.isInteger(bits) && bits >= 6 && bits <= 24,
    'the average chunk is a power of two, 64 B to 16 MiB',
  );
  // The top bits of a shifting hash have seen the most bytes.
  const top = (count: number) => (0xffffffff << (32 - count)) >>> 0;
  return { hard: top(bits + 2), easy: top(bits - 2) };
}

/** The reference: how long the first chunk of `bytes` is, given that no more bytes follow or `maxBytes` are there. */
export function findCutInJs(gear: Uint32Array, params: ChunkerParams, bytes: Uint8Array): number {
  const { minBytes, averageBytes, maxBytes } = params;
  if (bytes.length <= minBytes) return bytes.length;
  const { hard, easy } = cutMasks(params);
  const end = Math.min(bytes.length, maxBytes);
  let hash = 0;
  for (let i = minBytes; i < end; i++) {
    hash = ((hash << 1) + gear[bytes[i]!]!) | 0;
    if ((hash & (i < averageBytes ? hard : easy)) === 0) return i + 1;
  }
  return end;
}
