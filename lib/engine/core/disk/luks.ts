import {
  createCipheriv,
  createDecipheriv,
  createHash,
  pbkdf2Sync,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from 'node:crypto';
import { CrossvaultError } from '@/lib/errors';
import type { BlockSink, BlockSource, Extent } from './block-device';

/**
 * LUKS version 1 with AES-256 in XTS mode: what cryptsetup and QEMU open too. The secret is as good as 32 random bytes, so that few
 * rounds of key stretching do.
 */
const sectorBytes = 512;
const keyBytes = 64;
const stripes = 4000;
const slots = 8;
const slotEnabled = 0x00ac71f3;
const slotDisabled = 0x0000dead;
const rounds = 2000;
const slotSectors = 504;
const firstSlotSector = 8;
/** Where the disk begins: key slots lie before it. */
export const luksHeaderBytes = 4096 * sectorBytes;

export interface LuksKey {
  header: Buffer;
  volumeKey: Buffer;
}

/** Text, because that is what others ask for at a prompt; 32 random bytes of it. */
export const createDiskSecret = (): Buffer => Buffer.from(randomBytes(32).toString('base64url'));

/** A new volume: its first 2 MiB, and the key of its sectors. */
export function createLuks(secret: Uint8Array): LuksKey {
  const header = Buffer.alloc(luksHeaderBytes);
  const volumeKey = randomBytes(keyBytes);
  const [digestSalt, slotSalt] = [randomBytes(32), randomBytes(32)];
  Buffer.from([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe, 0, 1]).copy(header);
  header.write('aes', 8);
  header.write('xts-plain64', 40);
  header.write('sha256', 72);
  header.writeUInt32BE(luksHeaderBytes / sectorBytes, 104);
  header.writeUInt32BE(keyBytes, 108);
  pbkdf2Sync(volumeKey, digestSalt, rounds, 20, 'sha256').copy(header, 112);
  digestSalt.copy(header, 132);
  header.writeUInt32BE(rounds, 164);
  header.write(randomUUID(), 168);
  for (let slot = 0; slot < slots; slot++) {
    const at = 208 + slot * 48;
    header.writeUInt32BE(slot === 0 ? slotEnabled : slotDisabled, at);
    header.writeUInt32BE(slot === 0 ? rounds : 0, at + 4);
    if (slot === 0) slotSalt.copy(header, at + 8);
    header.writeUInt32BE(firstSlotSector + slot * slotSectors, at + 40);
    header.writeUInt32BE(stripes, at + 44);
  }
  const slotKey = pbkdf2Sync(secret, slotSalt, rounds, keyBytes, 'sha256');
  const material = cipherSectors(slotKey, 0, splitKey(volumeKey), true);
  material.copy(header, firstSlotSector * sectorBytes);
  return { header, volumeKey };
}

/** @throws `key_unavailable` when the secret opens none of its slots, `corrupt_data` for no volume of this kind. */
export function openLuksKey(header: Buffer, secret: Uint8Array): Buffer {
  const text = (at: number) => header.toString('latin1', at, at + 32).replace(/\0.*$/s, '');
  const isOurs =
    header.length >= luksHeaderBytes &&
    header.subarray(0, 8).equals(Buffer.from([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe, 0, 1])) &&
    text(8) === 'aes' &&
    text(40) === 'xts-plain64' &&
    text(72) === 'sha256' &&
    header.readUInt32BE(104) === luksHeaderBytes / sectorBytes;
  if (!isOurs)
    throw new CrossvaultError('corrupt_data', 'The key slots of this encrypted disk cannot be read.');
  for (let slot = 0; slot < slots; slot++) {
    const at = 208 + slot * 48;
    if (header.readUInt32BE(at) !== slotEnabled) continue;
    const key = pbkdf2Sync(
      secret,
      header.subarray(at + 8, at + 40),
      header.readUInt32BE(at + 4),
      keyBytes,
      'sha256',
    );
    const start = header.readUInt32BE(at + 40) * sectorBytes;
    const material = cipherSectors(key, 0, header.subarray(start, start + keyBytes * stripes), false);
    const volumeKey = mergeKey(material);
    const digest = pbkdf2Sync(volumeKey, header.subarray(132, 164), header.readUInt32BE(164), 20, 'sha256');
    if (timingSafeEqual(digest, header.subarray(112, 132))) return volumeKey;
  }
  throw new CrossvaultError('key_unavailable', 'The secret of this disk does not open it.', {
    reason: 'disk_secret_differs',
  });
}

/** Encrypts or decrypts whole sectors in place of their number in the volume. */
export function cipherSectors(
  key: Uint8Array,
  firstSector: number,
  bytes: Uint8Array,
  isSealing: boolean,
): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  const tweak = Buffer.alloc(16);
  for (let at = 0; at < bytes.length; at += sectorBytes) {
    tweak.writeBigUInt64LE(BigInt(firstSector + at / sectorBytes));
    const cipher = isSealing
      ? createCipheriv('aes-256-xts', key, tweak)
      : createDecipheriv('aes-256-xts', key, tweak);
    cipher.update(bytes.subarray(at, at + sectorBytes)).copy(out, at);
  }
  return out;
}

/** What is in an encrypted volume, in the clear. Closing it closes what lies below. */
export class LuksSource implements BlockSource {
  readonly sizeBytes: number;

  constructor(
    private readonly below: BlockSource,
    private readonly volumeKey: Buffer,
  ) {
    this.sizeBytes = below.sizeBytes - luksHeaderBytes;
  }

  static async open(below: BlockSource, secret: Uint8Array): Promise<LuksSource> {
    const header = Buffer.alloc(luksHeaderBytes);
    await below.read(0, header);
    return new LuksSource(below, openLuksKey(header, secret));
  }

  /** A sector that was never written is a hole below and noise when decrypted; it counts as zeros. */
  async read(offset: number, into: Uint8Array): Promise<void> {
    const start = offset - (offset % sectorBytes);
    const end = Math.ceil((offset + into.length) / sectorBytes) * sectorBytes;
    const sealed = Buffer.alloc(end - start);
    await this.below.read(luksHeaderBytes + start, sealed);
    const plain = cipherSectors(this.volumeKey, start / sectorBytes, sealed, false);
    for (let at = 0; at < sealed.length; at += sectorBytes) {
      if (sealed.subarray(at, at + sectorBytes).every((byte) => byte === 0))
        plain.fill(0, at, at + sectorBytes);
    }
    into.set(plain.subarray(offset - start, offset - start + into.length));
  }

  async *extents(): AsyncIterable<Extent> {
    for await (const { offset, length, isZero } of this.below.extents()) {
      const start = Math.max(offset, luksHeaderBytes);
      const end = offset + length;
      if (end > start) yield { offset: start - luksHeaderBytes, length: end - start, isZero };
    }
  }

  close(): Promise<void> {
    return this.below.close();
  }
}

/** Puts the clear bytes of a disk into a new encrypted volume. Writes are of whole sectors. */
export async function encryptInto(below: BlockSink, secret: Uint8Array): Promise<BlockSink> {
  const { header, volumeKey } = createLuks(secret);
  await below.write(0, header);
  return {
    isSparse: false,
    write: (offset, bytes) =>
      below.write(luksHeaderBytes + offset, cipherSectors(volumeKey, offset / sectorBytes, bytes, true)),
    finish: () => below.finish(),
    abandon: () => below.abandon(),
  };
}

/** The anti-forensic splitter of LUKS: any lost stripe loses the key. */
function splitKey(key: Buffer): Buffer {
  const out = Buffer.alloc(keyBytes * stripes);
  randomBytes(keyBytes * (stripes - 1)).copy(out);
  const state = gatherStripes(out, stripes - 1);
  for (let i = 0; i < keyBytes; i++) out[keyBytes * (stripes - 1) + i] = state[i]! ^ key[i]!;
  return out;
}

function mergeKey(material: Buffer): Buffer {
  const state = gatherStripes(material, stripes - 1);
  for (let i = 0; i < keyBytes; i++) state[i]! ^= material[keyBytes * (stripes - 1) + i]!;
  return state;
}

function gatherStripes(material: Buffer, count: number): Buffer {
  let state: Buffer = Buffer.alloc(keyBytes);
  for (let stripe = 0; stripe < count; stripe++) {
    for (let i = 0; i < keyBytes; i++) state[i]! ^= material[stripe * keyBytes + i]!;
    state = diffuse(state);
  }
  return state;
}

function diffuse(state: Buffer): Buffer {
  const number = Buffer.alloc(4);
  const parts: Buffer[] = [];
  for (let i = 0; i * 32 < state.length; i++) {
    number.writeUInt32BE(i);
    parts.push(
      createHash('sha256')
        .update(number)
        .update(state.subarray(i * 32, i * 32 + 32))
        .digest(),
    );
  }
  return Buffer.concat(parts);
}
