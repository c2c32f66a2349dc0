import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { seal, unseal } from '@/lib/engine/core/seal';
import type { WrappingKey } from '@/lib/engine/core/service-key';
import { CrossvaultError } from '@/lib/errors';

/**
 * Secrets of data sources: whoever holds the public key seals, the holder of the service key opens. A web server that was
 * taken over can write a secret and read none.
 *
 * Sealed: version 1 | first 8 bytes of SHA-256(public key) | ephemeral public key (32) | AES-256-GCM ciphertext and tag.
 * The key is HKDF-SHA-256(X25519, salt = both public keys, info = what it belongs to), used once.
 */
const version = 1;
const hintBytes = 8;
const publicBytes = 32;
const headBytes = 1 + hintBytes + publicBytes;
/** DER around a raw X25519 key. */
const pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const spki = Buffer.from('302a300506032b656e032100', 'hex');

/** What a sealed secret is bound to: it opens for no other source and no other account. */
export interface SecretOwner {
  accountId: string;
  /** Of a data source, or of a question about one that is being registered. */
  id: string;
}

/** 32 bytes, made from the service key; the same key gives the same. */
export function sealingKeyOf(serviceKey: Pick<WrappingKey, 'key'>): Buffer {
  return rawPublic(createPublicKey(privateKeyOf(serviceKey.key)));
}

export function sealSecret(publicKey: Uint8Array, owner: SecretOwner, secret: unknown): Buffer {
  const ephemeral = generateKeyPairSync('x25519');
  const ours = rawPublic(ephemeral.publicKey);
  const theirs = createPublicKey({
    key: Buffer.concat([spki, publicKey]),
    format: 'der',
    type: 'spki',
  });
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: theirs });
  const head = Buffer.concat([Buffer.from([version]), hintOf(publicKey), ours]);
  const key = deriveKey(shared, ours, publicKey, owner);
  const { ciphertext, tag } = seal(key, 0, head, Buffer.from(JSON.stringify(secret)));
  return Buffer.concat([head, ciphertext, tag]);
}

/** @throws `key_unavailable` when it was sealed for another service key, `corrupt_data` when it belongs to something else. */
export function openSecret(
  serviceKey: WrappingKey,
  owner: SecretOwner,
  sealed: Uint8Array,
): Record<string, unknown> {
  const bytes = Buffer.from(sealed);
  const hint = bytes.subarray(1, 1 + hintBytes);
  const found = [serviceKey, ...(serviceKey.earlier ?? [])].find((key) =>
    hintOf(sealingKeyOf(key)).equals(hint),
  );
  if (bytes[0] !== version || !found) {
    throw new CrossvaultError(
      'key_unavailable',
      'The secret of this data source was sealed under another service key. Enter it again.',
      { reason: 'service_key_differs' },
    );
  }
  const theirs = bytes.subarray(1 + hintBytes, headBytes);
  const publicKey = createPublicKey({ key: Buffer.concat([spki, theirs]), format: 'der', type: 'spki' });
  const shared = diffieHellman({ privateKey: privateKeyOf(found.key), publicKey });
  const key = deriveKey(shared, theirs, sealingKeyOf(found), owner);
  const head = bytes.subarray(0, headBytes);
  const plain = unseal(key, 0, head, bytes.subarray(headBytes), 'the secret of a data source');
  return JSON.parse(plain.toString('utf8'));
}

function privateKeyOf(serviceKey: Uint8Array): KeyObject {
  const seed = Buffer.from(hkdfSync('sha256', serviceKey, '', 'crossvault source secrets v1', 32));
  return createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
}

function rawPublic(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(spki.length);
}

function hintOf(publicKey: Uint8Array): Buffer {
  return createHash('sha256').update(publicKey).digest().subarray(0, hintBytes);
}

function deriveKey(shared: Buffer, ours: Uint8Array, theirs: Uint8Array, { accountId, id }: SecretOwner) {
  const info = `crossvault source secret\n${accountId}\n${id}`;
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([ours, theirs]), info, 32));
}
