import { createHmac } from 'node:crypto';
import { CrossvaultError } from '@/lib/errors';
import { asBuffer } from './bytes';
import { type ChunkName, type ChunkType, chunkTypeTags } from './chunk';

export const nameBytes = 16;
export const namingKeyBytes = 32;

const typeTags = { data: Buffer.of(chunkTypeTags.data), tree: Buffer.of(chunkTypeTags.tree) };

/**
 * The first 16 bytes of HMAC-SHA-256(naming key, type tag || plaintext). Keyed, so that who reads an index cannot confirm
 * that a known file is in it; the tag keeps a file that looks like a tree page from being taken for one.
 */
export function computeName(namingKey: Uint8Array, type: ChunkType, bytes: Uint8Array): Buffer {
  const mac = createHmac('sha256', namingKey);
  mac.update(typeTags[type]);
  mac.update(bytes);
  return mac.digest().subarray(0, nameBytes);
}

export function namesEqual(a: ChunkName, b: ChunkName): boolean {
  return asBuffer(a).equals(b);
}

export function nameToHex(name: ChunkName): string {
  return asBuffer(name).toString('hex');
}

export function nameFromHex(hex: string): Buffer {
  if (!/^[0-9a-f]{32}$/.test(hex))
    throw new CrossvaultError('invalid_input', 'A chunk name is 32 hex digits.');
  return Buffer.from(hex, 'hex');
}

/** The form a PostgreSQL `uuid` column takes and gives. */
export function nameToUuid(name: ChunkName): string {
  const hex = nameToHex(name);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function nameFromUuid(uuid: string): Buffer {
  return nameFromHex(uuid.replaceAll('-', ''));
}
