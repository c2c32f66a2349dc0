import { CrossvaultError } from '@/lib/errors';
import type { ByteReader, ByteWriter } from '../bytes';
import type { TreeTotals } from './entry';
import { maxNameBytes } from './limits';

const slash = 0x2f;
const dot = 0x2e;

/** Whether bytes can be the name of something in a folder. */
export function isEntryName(name: Uint8Array): boolean {
  if (name.length === 0 || name.length > maxNameBytes) return false;
  if (name.includes(slash) || name.includes(0)) return false;
  return !(name[0] === dot && (name.length === 1 || (name.length === 2 && name[1] === dot)));
}

/** A name that could lead out of its folder never gets past the decoder. */
export function requireName(reader: ByteReader, name: Buffer): Buffer {
  if (!isEntryName(name)) reader.fail('a name is not allowed');
  return Buffer.from(name);
}

export function requireGivenName(name: Uint8Array): void {
  if (!isEntryName(name)) {
    throw new CrossvaultError(
      'invalid_input',
      `${JSON.stringify(Buffer.from(name).toString())} cannot be a name.`,
    );
  }
}

export function encodeTotals(writer: ByteWriter, { files, dirs, bytes }: TreeTotals): void {
  writer.varint(files).varint(dirs).varint(bytes);
}

export function decodeTotals(reader: ByteReader): TreeTotals {
  return { files: reader.varint(), dirs: reader.varint(), bytes: reader.varint() };
}

export function addTotals(a: TreeTotals, b: TreeTotals): TreeTotals {
  return { files: a.files + b.files, dirs: a.dirs + b.dirs, bytes: a.bytes + b.bytes };
}

export const noTotals: TreeTotals = { files: 0, dirs: 0, bytes: 0 };
