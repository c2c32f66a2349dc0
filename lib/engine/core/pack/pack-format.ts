import { randomBytes } from 'node:crypto';
import { CrossvaultError } from '@/lib/errors';
import { ByteReader, ByteWriter } from '../bytes';
import { type ChunkType, chunkTypeTags } from '../chunk';
import { formatVersion } from '../format-version';
import { commitmentBytes, commitmentMatches, deriveKey, saltBytes } from '../seal';
import type { VaultKeys } from '../vault-keys';

export const packHeaderBytes = 12 + saltBytes + commitmentBytes;
export const packTrailerBytes = packHeaderBytes + 12;
export const frameRecordBytes = 17;
export const rowRecordBytes = 20;

/** What a frame holds, authenticated with it. The first two are the chunk types' tags. */
export const frameTags = { ...chunkTypeTags, rows: 3, frames: 4 } as const;
export type FrameTag = keyof typeof frameTags;

const headerMagic = Buffer.from('CVPK');
const trailerMagic = Buffer.from('CVPE');
const info = `crossvault/${formatVersion}/pack`;

/** A pack's header with the key it was checked against. */
export interface PackKey {
  header: Buffer;
  key: Buffer;
  type: ChunkType;
  vaultId: string;
}

/** Makes a new pack's header and key under the vault's newest key version. */
export function createPackKey(keys: VaultKeys, type: ChunkType): PackKey {
  const { version, key: secret } = keys.current;
  const salt = randomBytes(saltBytes);
  const { key, commitment } = deriveKey(secret, salt, info);
  const header = new ByteWriter(packHeaderBytes)
    .raw(headerMagic)
    .u8(formatVersion)
    .u8(chunkTypeTags[type])
    .u8(0)
    .u8(0)
    .u32(version)
    .raw(salt)
    .raw(commitment)
    .finish();
  return { header, key, type, vaultId: keys.vaultId };
}

/** @throws `corrupt_data`; `key_unavailable` when the vault's key of that version is another one or not there. */
export function openPackKey(keys: VaultKeys, header: Uint8Array, what: string): PackKey {
  const reader = new ByteReader(header, what);
  if (!reader.raw(4).equals(headerMagic)) reader.fail('it does not start as a pack');
  if (reader.u8() !== formatVersion) reader.fail('its format version is unknown');
  const tag = reader.u8();
  const type = (Object.keys(chunkTypeTags) as ChunkType[]).find((t) => chunkTypeTags[t] === tag);
  if (!type) return reader.fail('its type is unknown');
  if (reader.u8() !== 0 || reader.u8() !== 0) reader.fail('its header has unknown flags');
  const secret = keys.get(reader.u32());
  const derived = deriveKey(secret, reader.raw(saltBytes), info);
  if (!commitmentMatches(derived, reader.raw(commitmentBytes))) {
    throw new CrossvaultError('key_unavailable', `${what} was sealed under another vault key.`);
  }
  reader.end();
  return { header: Buffer.from(header), key: derived.key, type, vaultId: keys.vaultId };
}

/** Binds a frame to its pack, vault, place and content type. */
export function frameAad(pack: PackKey, number: number, tag: FrameTag): Buffer {
  return new ByteWriter(160)
    .raw(pack.header)
    .u32(number)
    .u8(frameTags[tag])
    .raw(Buffer.from(pack.vaultId))
    .finish();
}

/** The last bytes of a pack: enough, with the key, to find and open its frame table by one read from the end. */
export function encodeTrailer(pack: PackKey, frameCount: number, tableLength: number): Buffer {
  return new ByteWriter(packTrailerBytes)
    .raw(pack.header)
    .u32(frameCount)
    .u32(tableLength)
    .raw(trailerMagic)
    .finish();
}

export function decodeTrailer(
  trailer: Uint8Array,
  what: string,
): { header: Buffer; frameCount: number; tableLength: number } {
  const reader = new ByteReader(trailer, what);
  const header = reader.raw(packHeaderBytes);
  const frameCount = reader.u32();
  const tableLength = reader.u32();
  if (!reader.raw(4).equals(trailerMagic)) reader.fail('it does not end as a pack');
  reader.end();
  return { header, frameCount, tableLength };
}
