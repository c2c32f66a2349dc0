import { CrossvaultError } from '@/lib/errors';
import type { ByteRange } from './object-store';

/** @throws `invalid_input` for a name that a store could take for something else, such as a path out of its folder. */
export function requireObjectName(name: string): string {
  if (name.length > 900 || !/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(name)) {
    throw new CrossvaultError('invalid_input', `"${name}" is not an object name.`);
  }
  return name;
}

export function objectMissing(name: string, cause?: unknown): CrossvaultError {
  return new CrossvaultError('not_found', `The object ${name} is not in the store.`, { cause });
}

export function rangeOutside(
  name: string,
  { offset, length }: ByteRange,
  sizeBytes: number,
): CrossvaultError {
  const range = `${offset} to ${offset + length}`;
  return new CrossvaultError(
    'corrupt_data',
    `${name} has ${sizeBytes} bytes; bytes ${range} were asked for.`,
  );
}

export const defaultListLimit = 1000;

/** The SHA-256, in hex, that a pack of any tier is named by; null for the name of anything else. */
export function packSha256Of(name: string): string | null {
  return /^(?:archive\/)?packs\/([0-9a-f]{2})\/(\1[0-9a-f]{62})$/.exec(name)?.[2] ?? null;
}
