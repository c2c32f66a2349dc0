import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CrossvaultError } from '@/lib/errors';
import { keyBytes } from './seal';
import { readOrCreateSecret } from './secret-file';

/** A key that wraps vault keys: the installation's service key or an account's KMS key. */
export interface WrappingKey {
  /** Shown beside what it wraps, so that a person knows which key to look for. Tells nothing about the key. */
  label: string;
  key: Uint8Array;
  /** Keys before this one, while a rotation is under way: they open what they wrapped and wrap nothing any more. */
  earlier?: readonly WrappingKey[];
}

const prefix = 'cvsk1:';

function checksum(key: Uint8Array): Buffer {
  return createHash('sha256').update('crossvault service key').update(key).digest().subarray(0, 4);
}

/** `service:` and 16 hex digits of a hash of the key. */
export function wrappingKeyFrom(key: Uint8Array, kind = 'service'): WrappingKey {
  const digest = createHash('sha256').update('crossvault key label').update(key).digest('hex');
  return { label: `${kind}:${digest.slice(0, 16)}`, key };
}

/** `cvsk1:` and base64url of the 32 bytes and a checksum of four. */
export function formatServiceKey(key: Uint8Array): string {
  return prefix + Buffer.concat([key, checksum(key)]).toString('base64url');
}

/** @throws `invalid_input` for a key that was mistyped or cut off. */
export function parseServiceKey(text: string): WrappingKey {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed.slice(prefix.length), 'base64url');
  const key = bytes.subarray(0, keyBytes);
  const isWhole =
    trimmed.startsWith(prefix) &&
    bytes.length === keyBytes + 4 &&
    bytes.subarray(keyBytes).equals(checksum(key));
  if (!isWhole) {
    throw new CrossvaultError(
      'invalid_input',
      'This is not a complete service key. It starts with cvsk1: and has 54 characters.',
    );
  }
  return wrappingKeyFrom(key);
}

/** @throws `not_found`, `invalid_input`. */
export async function loadServiceKey(path: string): Promise<WrappingKey> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new CrossvaultError('not_found', `The service key ${path} cannot be read.`, { cause });
  }
  return parseServiceKeys(text);
}

/** A file's keys, a line each: the one that is in use, then those before it. */
function parseServiceKeys(text: string): WrappingKey {
  const [current, ...earlier] = text.trim().split(/\s+/).map(parseServiceKey);
  return earlier.length > 0 ? { ...current!, earlier } : current!;
}

/** Replaces the file in one step: whoever reads it finds the old keys or the new ones. Durable when it resolves. */
export async function writeServiceKeys(path: string, keys: readonly Uint8Array[]): Promise<void> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.writeFile(keys.map((key) => `${formatServiceKey(key)}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

/**
 * Loads the key, or makes it, durable and readable by its owner only, before anything is wrapped with it. When several
 * processes start at once, all get the same key.
 */
export async function loadOrCreateServiceKey(path: string): Promise<{ key: WrappingKey; created: boolean }> {
  const make = () => `${formatServiceKey(randomBytes(keyBytes))}\n`;
  const { text, created } = await readOrCreateSecret(path, make);
  return { key: parseServiceKeys(text), created };
}
