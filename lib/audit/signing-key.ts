import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { readOrCreateSecret } from '@/lib/engine/core/secret-file';

/** Signs the heads of audit chains. Its private half never leaves the installation; whoever reads an audit has the other. */
export interface SigningKey {
  /** 16 hex digits of a hash of the public key, by which a person tells keys apart. */
  id: string;
  privateKey: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Buffer;
}

export function signingKeyFrom(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return { id: createHash('sha256').update(publicKey).digest('hex').slice(0, 16), privateKey, publicKey };
}

export function newSigningKey(): SigningKey {
  return signingKeyFrom(generateKeyPairSync('ed25519').privateKey);
}

/** Loads the installation's key from its PEM file, or makes it. @throws for a file that holds another kind of key. */
export async function loadOrCreateSigningKey(path: string): Promise<SigningKey> {
  const make = () => String(newSigningKey().privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const { text } = await readOrCreateSecret(path, make);
  const key = createPrivateKey(text);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${path} does not hold an Ed25519 private key.`);
  return signingKeyFrom(key);
}
