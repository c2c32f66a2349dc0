import { CrossvaultError } from '@/lib/errors';

export const qcow2Magic = 0x514649fb;
export const clusterBits = 16;
export const clusterBytes = 2 ** clusterBits;
/** Entries of an L2 table of ours, and the bytes that one covers. */
export const l2Entries = clusterBytes / 8;
export const l2CoverBytes = l2Entries * clusterBytes;
/** Room in the first-level table from the start, so that a disk grows up to 4 TiB by changing its header only. */
export const l1Entries = clusterBytes / 8;
export const maxQcow2Bytes = l1Entries * l2CoverBytes;
export const copiedFlag = 1n << 63n;
export const refcountsPerBlock = clusterBytes / 2;

export interface Qcow2Header {
  sizeBytes: number;
  clusterBits: number;
  l1Entries: number;
  l1Offset: number;
  compression: 'zlib' | 'zstd';
}

const incompatible = { dataFile: 4n, compression: 8n, extendedL2: 16n, known: 31n };

/** @throws `invalid_input` for what is no qcow2 image, or one that leans on another file or on a key. */
export function parseQcow2Header(bytes: Buffer): Qcow2Header {
  if (bytes.length < 72 || bytes.readUInt32BE(0) !== qcow2Magic) throw unusable('it is no qcow2 image');
  const version = bytes.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw unusable(`qcow2 version ${version} is not known`);
  if (bytes.readBigUInt64BE(8) !== 0n || bytes.readUInt32BE(16) !== 0)
    throw unusable('it needs another file below it (a backing file). Flatten it first');
  if (bytes.readUInt32BE(32) !== 0) throw unusable('it is encrypted with a key that is not ours');
  const bits = bytes.readUInt32BE(20);
  if (bits < 9 || bits > 21) throw unusable('its clusters are of an impossible size');
  const features = version === 3 ? bytes.readBigUInt64BE(72) : 0n;
  if (features & incompatible.dataFile) throw unusable('its data lies in another file. Flatten it first');
  if (features & incompatible.extendedL2) throw unusable('it has subclusters, which are not supported');
  if (features & ~incompatible.known) throw unusable('it needs features that are not known');
  const isOther = (features & incompatible.compression) !== 0n && bytes.length > 104;
  return {
    sizeBytes: Number(bytes.readBigUInt64BE(24)),
    clusterBits: bits,
    l1Entries: bytes.readUInt32BE(36),
    l1Offset: Number(bytes.readBigUInt64BE(40)),
    compression: isOther && bytes.readUInt8(104) === 1 ? 'zstd' : 'zlib',
  };
}

/** A header of ours: version 3, clusters of 64 KiB, one cluster each of first-level table and refcount table. */
export function encodeQcow2Header(sizeBytes: number): Buffer {
  const header = Buffer.alloc(clusterBytes);
  header.writeUInt32BE(qcow2Magic, 0);
  header.writeUInt32BE(3, 4);
  header.writeUInt32BE(clusterBits, 20);
  header.writeBigUInt64BE(BigInt(sizeBytes), 24);
  header.writeUInt32BE(l1Entries, 36);
  header.writeBigUInt64BE(BigInt(clusterBytes), 40);
  header.writeBigUInt64BE(BigInt(2 * clusterBytes), 48);
  header.writeUInt32BE(1, 56);
  header.writeUInt32BE(4, 96);
  header.writeUInt32BE(104, 100);
  return header;
}

/** Where in the header the size stands. */
export const sizeOffset = 24;

export function unusable(what: string, cause?: unknown): CrossvaultError {
  return new CrossvaultError('invalid_input', `This image cannot be used: ${what}.`, {
    reason: 'image_not_usable',
    cause,
  });
}
