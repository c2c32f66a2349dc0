import { ByteReader, ByteWriter } from '../bytes';
import type { ChunkName } from '../chunk';
import { formatVersion } from '../format-version';
import { nameBytes } from '../names';
import type { ChunkRef, TreeEntry, TreeTotals } from './entry';
import { decodeEntry } from './entry-codec';
import { decodeTotals, encodeTotals, requireName } from './fields';
import { maxLevel } from './limits';

/** A page below another one, in a folder's listing: its last name, and what lies under it. */
export interface DirPageRef {
  page: ChunkName;
  lastName: Uint8Array;
  /** Entries in the listing below this page, their subtrees not counted. */
  entries: number;
  totals: TreeTotals;
}

/** A page below another one, in a chunk list. */
export interface ContentPageRef {
  page: ChunkName;
  chunks: number;
  bytes: number;
}

export type DirPage =
  | { kind: 'dir'; level: 0; entries: TreeEntry[] }
  | { kind: 'dir'; level: number; pages: DirPageRef[] };
export type ContentPage =
  | { kind: 'content'; level: 0; chunks: ChunkRef[] }
  | { kind: 'content'; level: number; pages: ContentPageRef[] };
export type TreePage = DirPage | ContentPage;

/** Part of the format; 3 is reserved for block maps of disks. */
const kindTags = { dir: 1, content: 2 } as const;

export function encodePageHeader(kind: TreePage['kind'], level: number, count: number): Buffer {
  return new ByteWriter(16).u8(formatVersion).u8(kindTags[kind]).u8(level).varint(count).finish();
}

export function encodeDirRef(writer: ByteWriter, ref: DirPageRef): void {
  writer.raw(ref.page).u8(ref.lastName.length).raw(ref.lastName).varint(ref.entries);
  encodeTotals(writer, ref.totals);
}

export function encodeContentRef(writer: ByteWriter, ref: ContentPageRef): void {
  writer.raw(ref.page).varint(ref.chunks).varint(ref.bytes);
}

export function encodeChunkRef(writer: ByteWriter, { name, length }: ChunkRef): void {
  writer.raw(name).varint(length);
}

/** @throws `corrupt_data` for anything a correct writer does not write. */
export function decodePage(bytes: Uint8Array): TreePage {
  const reader = new ByteReader(bytes, 'a tree page');
  if (reader.u8() !== formatVersion) reader.fail('its format version is unknown');
  const tag = reader.u8();
  const level = reader.u8();
  if (level > maxLevel) reader.fail('it is too high');
  const count = reader.varint();
  // The shortest item takes 16 bytes: a count that cannot be true is refused before memory is taken for it.
  if (count * nameBytes > bytes.length) reader.fail('its count is wrong');
  if (level > 0 && count === 0) reader.fail('it refers to nothing');
  const page = decodeItems(reader, tag, level, count);
  reader.end();
  return page;
}

function decodeItems(reader: ByteReader, tag: number, level: number, count: number): TreePage {
  const times = <T>(read: () => T): T[] => Array.from({ length: count }, read);
  if (tag === kindTags.dir) {
    if (level === 0) {
      const entries = times(() => decodeEntry(reader));
      requireOrder(
        reader,
        entries.map((entry) => entry.name),
      );
      return { kind: 'dir', level, entries };
    }
    const pages = times(() => decodeDirRef(reader));
    requireOrder(
      reader,
      pages.map((ref) => ref.lastName),
    );
    return { kind: 'dir', level, pages };
  }
  if (tag === kindTags.content) {
    if (level === 0) return { kind: 'content', level, chunks: times(() => decodeChunkRef(reader)) };
    return { kind: 'content', level, pages: times(() => decodeContentRef(reader)) };
  }
  return reader.fail('its kind is unknown');
}

function requireOrder(reader: ByteReader, names: readonly Uint8Array[]): void {
  for (let i = 1; i < names.length; i++) {
    if (Buffer.compare(names[i - 1]!, names[i]!) >= 0) reader.fail('its names are out of order');
  }
}

function decodeDirRef(reader: ByteReader): DirPageRef {
  return {
    page: Buffer.from(reader.raw(nameBytes)),
    lastName: requireName(reader, reader.raw(reader.u8())),
    entries: reader.varint(),
    totals: decodeTotals(reader),
  };
}

function decodeContentRef(reader: ByteReader): ContentPageRef {
  return { page: Buffer.from(reader.raw(nameBytes)), chunks: reader.varint(), bytes: reader.varint() };
}

export function decodeChunkRef(reader: ByteReader): ChunkRef {
  return { name: Buffer.from(reader.raw(nameBytes)), length: reader.varint() };
}
