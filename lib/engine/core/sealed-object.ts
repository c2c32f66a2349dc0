import { randomBytes } from 'node:crypto';
import { CrossvaultError } from '@/lib/errors';
import { ByteReader, ByteWriter } from './bytes';
import { formatVersion } from './format-version';
import {
  commitmentBytes,
  commitmentMatches,
  type DerivedKey,
  deriveKey,
  saltBytes,
  seal,
  unseal,
} from './seal';

/** Kinds of small sealed objects. Part of the format. */
export const objectKinds = { vaultKey: 1, lineage: 2, point: 3, fact: 4 } as const;
export type ObjectKind = keyof typeof objectKinds;

const magic = Buffer.from('CVSO');

export interface SealContext {
  kind: ObjectKind;
  vaultId: string;
  /** Authenticated with the bytes: an object that was moved or renamed does not open. */
  objectName: string;
}

interface Header {
  keyVersion: number;
  label: string;
  salt: Uint8Array;
  commitment: Uint8Array;
}

function derive(secret: Uint8Array, salt: Uint8Array, kind: ObjectKind): DerivedKey {
  return deriveKey(secret, salt, `crossvault/${formatVersion}/object/${objectKinds[kind]}`);
}

function encodeHeader(kind: ObjectKind, { keyVersion, label, salt, commitment }: Header): Buffer {
  const labelBytes = Buffer.from(label);
  return new ByteWriter()
    .raw(magic)
    .u8(formatVersion)
    .u8(objectKinds[kind])
    .u32(keyVersion)
    .u8(labelBytes.length)
    .raw(labelBytes)
    .raw(salt)
    .raw(commitment)
    .finish();
}

function aad(header: Uint8Array, { vaultId, objectName }: SealContext): Buffer {
  return Buffer.concat([header, Buffer.from(`${vaultId}\0${objectName}`)]);
}

/**
 * Seals a small object under a key of its own, derived from `secret`.
 * @param keyVersion the vault key's version; 0 where the secret is a wrapping key.
 * @param label up to 255 bytes in the clear that tell a person which key opens it.
 */
export function sealObject(
  context: SealContext,
  secret: Uint8Array,
  keyVersion: number,
  label: string,
  plain: Uint8Array,
): Buffer {
  if (Buffer.byteLength(label) > 255) {
    throw new CrossvaultError('invalid_input', 'A key label has at most 255 bytes.');
  }
  const salt = randomBytes(saltBytes);
  const { key, commitment } = derive(secret, salt, context.kind);
  const header = encodeHeader(context.kind, { keyVersion, label, salt, commitment });
  const { ciphertext, tag } = seal(key, 0, aad(header, context), plain);
  return Buffer.concat([header, ciphertext, tag]);
}

function readHeader(
  bytes: Uint8Array,
  kind: ObjectKind,
  what: string,
): { header: Header; reader: ByteReader } {
  const reader = new ByteReader(bytes, what);
  if (!reader.raw(4).equals(magic)) reader.fail('it is not a sealed object');
  if (reader.u8() !== formatVersion) reader.fail('its format version is unknown');
  if (reader.u8() !== objectKinds[kind]) reader.fail('it is of another kind');
  const keyVersion = reader.u32();
  const label = reader.raw(reader.u8()).toString();
  return {
    header: { keyVersion, label, salt: reader.raw(saltBytes), commitment: reader.raw(commitmentBytes) },
    reader,
  };
}

/** Which key a sealed object asks for. Not authenticated: only good for choosing a key or telling a person. */
export function describeSealedObject(
  kind: ObjectKind,
  objectName: string,
  bytes: Uint8Array,
): { keyVersion: number; label: string } {
  const { keyVersion, label } = readHeader(bytes, kind, objectName).header;
  return { keyVersion, label };
}

/** @throws `key_unavailable` under another key, `corrupt_data` when the object was changed or moved. */
export function openObject(context: SealContext, secret: Uint8Array, bytes: Uint8Array): Buffer {
  const { header, reader } = readHeader(bytes, context.kind, context.objectName);
  const derived = derive(secret, header.salt, context.kind);
  if (!commitmentMatches(derived, header.commitment)) {
    throw new CrossvaultError(
      'key_unavailable',
      `${context.objectName} was sealed under another key${header.label && ` (${header.label})`}.`,
    );
  }
  const headerBytes = encodeHeader(context.kind, header);
  return unseal(derived.key, 0, aad(headerBytes, context), reader.raw(reader.remaining), context.objectName);
}
