import { createCipheriv, createDecipheriv, hkdfSync, timingSafeEqual } from 'node:crypto';
import { asBuffer, corrupt } from './bytes';

export const saltBytes = 32;
export const commitmentBytes = 32;
export const tagBytes = 16;
export const keyBytes = 32;

/** What is opened and sealed at a time in place: it stays in the processor's cache, and the allocator hands it out again. */
const pieceBytes = 64 * 1024;

/** A key for one purpose, and a value that shows in the clear which key it is without telling anything about it. */
export interface DerivedKey {
  key: Buffer;
  /** GCM alone lets two keys open one ciphertext; a reader compares this first, so a wrong key is named as such. */
  commitment: Buffer;
}

/** HKDF-SHA-256(secret, salt, info), 64 bytes: the AES key, then the commitment. */
export function deriveKey(secret: Uint8Array, salt: Uint8Array, info: string): DerivedKey {
  const bytes = Buffer.from(hkdfSync('sha256', secret, salt, info, keyBytes + commitmentBytes));
  return { key: bytes.subarray(0, keyBytes), commitment: bytes.subarray(keyBytes) };
}

export function commitmentMatches(derived: DerivedKey, stored: Uint8Array): boolean {
  return timingSafeEqual(derived.commitment, stored);
}

/** Every key is used for one pack or one object, so counting nonces from 0 never repeats one. */
function nonce(number: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(number, 8);
  return bytes;
}

/** AES-256-GCM. The ciphertext and its tag stay two buffers, which spares copying the first. */
export function seal(
  key: Uint8Array,
  number: number,
  aad: Uint8Array,
  plain: Uint8Array,
): { ciphertext: Buffer; tag: Buffer } {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(number));
  cipher.setAAD(aad);
  const ciphertext = cipher.update(plain);
  cipher.final();
  return { ciphertext, tag: cipher.getAuthTag() };
}

/** Seals as `seal` does, into `target` from its start on: the ciphertext, then the tag. */
export function sealInto(
  target: Uint8Array,
  key: Uint8Array,
  number: number,
  aad: Uint8Array,
  plain: Uint8Array,
): void {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(number));
  cipher.setAAD(aad);
  for (let at = 0; at < plain.length; at += pieceBytes)
    target.set(cipher.update(plain.subarray(at, at + pieceBytes)), at);
  cipher.final();
  target.set(cipher.getAuthTag(), plain.length);
}

/** @param sealed ciphertext followed by its tag. @throws `corrupt_data` when a bit of it or of the rest differs. */
export function unseal(
  key: Uint8Array,
  number: number,
  aad: Uint8Array,
  sealed: Uint8Array,
  what: string,
): Buffer {
  const bytes = asBuffer(sealed);
  if (bytes.length < tagBytes) throw corrupt(`${what} is too short`);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(number), { authTagLength: tagBytes });
  decipher.setAAD(aad);
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  const plain = decipher.update(bytes.subarray(0, bytes.length - tagBytes));
  try {
    decipher.final();
  } catch (cause) {
    throw corrupt(`${what} does not authenticate`, cause);
  }
  return plain;
}

/** The key, place and binding of one frame. */
export interface FrameSeal {
  key: Uint8Array;
  number: number;
  aad: Uint8Array;
}

/**
 * Opens ciphertext followed by its tag into `target`, which may be earlier in the same memory.
 * @throws `corrupt_data` when it does not authenticate; what then lies in `target` is worth nothing.
 */
export function unsealInto(
  target: Uint8Array,
  sealed: Uint8Array,
  { key, number, aad }: FrameSeal,
  what: string,
): void {
  const length = sealed.length - tagBytes;
  if (length < 0) throw corrupt(`${what} is too short`);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(number), { authTagLength: tagBytes });
  decipher.setAAD(aad);
  // A copy: the tag may be overwritten before it is asked for.
  decipher.setAuthTag(Uint8Array.from(sealed.subarray(length)));
  for (let at = 0; at < length; at += pieceBytes)
    target.set(decipher.update(sealed.subarray(at, Math.min(at + pieceBytes, length))), at);
  try {
    decipher.final();
  } catch (cause) {
    throw corrupt(`${what} does not authenticate`, cause);
  }
}

/**
 * Opens ciphertext followed by its tag and seals it under another key where it lies.
 * @returns false when it does not authenticate; what then lies there is worth nothing.
 */
export function resealInPlace(sealed: Uint8Array, from: FrameSeal, to: FrameSeal): boolean {
  const bytes = asBuffer(sealed);
  const length = bytes.length - tagBytes;
  if (length < 0) return false;
  const decipher = createDecipheriv('aes-256-gcm', from.key, nonce(from.number), { authTagLength: tagBytes });
  decipher.setAAD(from.aad);
  decipher.setAuthTag(bytes.subarray(length));
  const cipher = createCipheriv('aes-256-gcm', to.key, nonce(to.number));
  cipher.setAAD(to.aad);
  for (let at = 0; at < length; at += pieceBytes) {
    const plain = decipher.update(bytes.subarray(at, Math.min(at + pieceBytes, length)));
    cipher.update(plain).copy(bytes, at);
  }
  try {
    decipher.final();
  } catch {
    return false;
  }
  cipher.final();
  cipher.getAuthTag().copy(bytes, length);
  return true;
}
