import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { ByteReader, ByteWriter } from '../bytes';
import { createXattrReader, type ReadXattrs } from '../posix/xattrs';
import type { EntryMeta } from '../tree/entry';
import { maxTargetBytes, maxXattrBytes } from '../tree/limits';
import { deviceNumber, type FoundEntry, joinPath, type MetaSources, metaOf } from '../walk';

/** Looks at entries of a folder; without names, lists them first and looks at the first ones. */
export interface LookJob {
  op: 'look';
  folder: Uint8Array;
  names: Uint8Array[] | null;
  withXattrs: boolean;
}

export interface Look {
  /** All of the folder's, in order, where they were asked for. */
  names: Uint8Array | null;
  entries: Uint8Array;
  /** Why the folder could not be listed. */
  error?: { code: string; syscall: string; message: string };
}

export const namesPerLook = 512;
const types = ['file', 'dir', 'symlink', 'fifo', 'socket', 'char_device', 'block_device'] as const;
const unreadable = 255;
let readXattrs: ReturnType<typeof createXattrReader> | undefined;

/** Does not throw: what the system said of an entry is in its place. */
export function runLook({ folder, names, withXattrs }: LookJob): Look {
  let listed = names;
  try {
    listed ??= readdirSync(Buffer.from(folder), { encoding: 'buffer' }).sort(Buffer.compare);
  } catch (error) {
    return { names: null, entries: new Uint8Array(), error: plainError(error) };
  }
  if (withXattrs) readXattrs ??= createXattrReader();
  const entries = new ByteWriter(64 * 1024);
  for (const name of listed.slice(0, namesPerLook)) packEntry(entries, joinPath(folder, name), withXattrs);
  return { names: names ? null : packNames(listed), entries: entries.finish() };
}

function plainError(error: unknown): { code: string; syscall: string; message: string } {
  const { code = 'UNKNOWN', syscall = '', message } = error as NodeJS.ErrnoException;
  return { code, syscall, message };
}

function packNames(names: Uint8Array[]): Uint8Array {
  const packed = new ByteWriter(64 * 1024);
  for (const name of names) packed.sized(name);
  return packed.finish();
}

export function unpackNames(packed: Uint8Array): Buffer[] {
  const reader = new ByteReader(packed, 'a list of names');
  const names: Buffer[] = [];
  while (reader.remaining > 0) names.push(reader.sized(packed.length));
  return names;
}

function packEntry(to: ByteWriter, path: Buffer, withXattrs: boolean): void {
  try {
    const stats = lstatSync(path, { bigint: true });
    const type = typeOf(stats);
    const target = type === 'symlink' ? readlinkSync(path, { encoding: 'buffer' }) : null;
    to.u8(types.indexOf(type)).varint(Number(stats.mode & 0o7777n));
    to.varint(Number(stats.uid)).varint(Number(stats.gid)).varint(Number(stats.nlink));
    to.varint(Number(stats.size)).varint(Number(stats.blocks));
    to.i64(stats.mtimeNs).i64(stats.ctimeNs);
    to.u64(BigInt.asUintN(64, stats.ino)).u64(stats.dev).u64(stats.rdev);
    if (target) to.sized(target);
    packXattrs(to, (withXattrs && readXattrs?.(path, stats.dev)) || {});
  } catch (error) {
    const { code, syscall, message } = plainError(error);
    to.u8(unreadable);
    for (const text of [code, syscall, message]) to.sized(Buffer.from(text));
  }
}

function typeOf(stats: BigIntStats): (typeof types)[number] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'dir';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isSocket()) return 'socket';
  return stats.isCharacterDevice() ? 'char_device' : 'block_device';
}

function packXattrs(to: ByteWriter, { xattrs = [], lost = '' }: ReadXattrs): void {
  to.varint(xattrs.length).sized(Buffer.from(lost));
  for (const { name, value } of xattrs) to.sized(name).sized(value);
}

/** Entries as a walk finds them, in the order of the names that were looked at. */
export function unpackEntries(
  packed: Uint8Array,
  folder: Buffer,
  names: readonly Buffer[],
  sources: MetaSources,
): FoundEntry[] {
  const reader = new ByteReader(packed, 'what was found in a folder');
  return names.map((name) => unpackEntry(reader, joinPath(folder, name), name, sources));
}

function unpackEntry(
  reader: ByteReader,
  path: Buffer,
  name: Buffer,
  { owners, onLost }: MetaSources,
): FoundEntry {
  const tag = reader.u8();
  if (tag === unreadable) {
    const [code, syscall, message] = [0, 0, 0].map(() => reader.sized(1 << 20).toString());
    return { type: 'unreadable', path, error: Object.assign(new Error(message), { code, syscall }) };
  }
  const type = types[tag]!;
  const stats = {
    ...{ mode: BigInt(reader.varint()), uid: BigInt(reader.varint()), gid: BigInt(reader.varint()) },
    ...{ nlink: BigInt(reader.varint()), size: BigInt(reader.varint()), blocks: BigInt(reader.varint()) },
    ...{ mtimeNs: reader.i64(), ctimeNs: reader.i64(), ino: reader.u64(), dev: reader.u64() },
    ...{ rdev: reader.u64(), isDirectory: () => type === 'dir' },
  };
  const target = type === 'symlink' ? Buffer.from(reader.sized(maxTargetBytes + 1)) : null;
  const meta = metaOf(name, path, stats, { owners });
  const lost = unpackXattrs(reader, meta);
  if (lost) onLost?.(path, lost);
  if (type === 'file') return { type, path, meta, sizeBytes: Number(stats.size), stats };
  if (target) return { type: 'symlink', path, meta, target, stats };
  if (type === 'char_device' || type === 'block_device')
    return { type, path, meta, device: deviceNumber(stats.rdev), stats };
  return { type: type as 'dir' | 'fifo' | 'socket', path, meta, stats } as FoundEntry;
}

function unpackXattrs(reader: ByteReader, meta: EntryMeta): string {
  const count = reader.varint();
  const lost = reader.sized(1000).toString();
  if (count > 0)
    meta.xattrs = Array.from({ length: count }, () => ({
      name: Buffer.from(reader.sized(255)),
      value: Buffer.from(reader.sized(maxXattrBytes)),
    }));
  return lost;
}
