import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';
import type { TreeEntry } from '@/lib/engine/core';
import { type ArchiveItem, type ArchiveWriter, joinNames, safeMode } from './archive-format';
import { SpoolFile } from './spool-file';

const fileMode = 0o100000;
const folderMode = 0o040000;
const linkMode = 0o120000;
/** Well below 4 GiB: what deflate may make longer still fits the short fields. */
const largeBytes = 0xf000_0000;
const smallBytes = 64 * 1024;
const max32 = 0xffff_ffff;
const max16 = 0xffff;
/** UTF-8 names; sizes and checksum stand behind the bytes. */
const flags = 0x0808;

/**
 * A zip of any size. Its table of contents stands at the end and has a row a file: the rows wait in a file of their own, so
 * a folder of very many files takes no more memory than a small one.
 */
export class ZipWriter implements ArchiveWriter {
  readonly #rows = new SpoolFile();
  #offset = 0;
  #count = 0;

  async *add({ path, entry, bytes }: ArchiveItem): AsyncGenerator<Uint8Array> {
    const isFolder = entry.type === 'dir';
    const name = toZipName(path, isFolder);
    if (entry.type === 'dir') yield* this.#entry(name, entry, folderMode, 0, none());
    else if (entry.type === 'symlink') {
      yield* this.#entry(name, entry, linkMode, entry.target.length, once(entry.target));
    } else if (entry.type === 'file') {
      yield* this.#entry(name, entry, fileMode, entry.sizeBytes, bytes ?? none());
    }
  }

  async *finish(): AsyncGenerator<Uint8Array> {
    const start = this.#offset;
    yield* this.#sent(this.#rows.read());
    const size = this.#offset - start;
    if (this.#count > max16 || start > max32 || size > max32) yield this.#end64(start, size);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(Math.min(this.#count, max16), 8);
    end.writeUInt16LE(Math.min(this.#count, max16), 10);
    end.writeUInt32LE(Math.min(size, max32), 12);
    end.writeUInt32LE(Math.min(start, max32), 16);
    yield end;
  }

  close(): Promise<void> {
    return this.#rows.close();
  }

  async *#entry(
    name: Buffer,
    entry: TreeEntry,
    type: number,
    sizeBytes: number,
    bytes: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    const isLarge = sizeBytes >= largeBytes;
    const offset = this.#offset;
    const common = commonFields(entry, isLarge, sizeBytes > 0);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    common.copy(head, 4);
    head.writeUInt16LE(name.length, 26);
    const extra = isLarge ? extra64([0, 0]) : Buffer.alloc(0);
    head.writeUInt16LE(extra.length, 28);
    yield* this.#sent(once(Buffer.concat([head, name, extra])));
    const sums = { crc: 0, raw: 0, packed: 0 };
    if (sizeBytes > smallBytes) yield* this.#sent(deflate(bytes, sums));
    else if (sizeBytes > 0) yield* this.#sent(deflateSmall(bytes, sums));
    yield* this.#sent(once(descriptor(sums, isLarge)));
    await this.#rows.write(centralRow({ name, common, sums, type, mode: safeMode(entry.mode), offset }));
    this.#count++;
  }

  async *#sent(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      this.#offset += piece.length;
      yield piece;
    }
  }

  #end64(start: number, size: number): Buffer {
    const record = Buffer.alloc(76);
    record.writeUInt32LE(0x06064b50, 0);
    record.writeBigUInt64LE(44n, 4);
    record.writeUInt16LE(0x032d, 12);
    record.writeUInt16LE(45, 14);
    record.writeBigUInt64LE(BigInt(this.#count), 24);
    record.writeBigUInt64LE(BigInt(this.#count), 32);
    record.writeBigUInt64LE(BigInt(size), 40);
    record.writeBigUInt64LE(BigInt(start), 48);
    record.writeUInt32LE(0x07064b50, 56);
    record.writeBigUInt64LE(BigInt(start + size), 64);
    record.writeUInt32LE(1, 72);
    return record;
  }
}

interface Sums {
  crc: number;
  raw: number;
  packed: number;
}

/** Making a stream costs more than packing a small file at once. */
async function* deflateSmall(bytes: AsyncIterable<Uint8Array>, sums: Sums): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  const whole = Buffer.concat(pieces);
  const packed = deflateRawSync(whole, { level: 1 });
  sums.crc = crc32(whole);
  sums.raw = whole.length;
  sums.packed = packed.length;
  yield packed;
}

async function* deflate(bytes: AsyncIterable<Uint8Array>, sums: Sums): AsyncGenerator<Uint8Array> {
  const packer = createDeflateRaw({ level: 1 });
  const feed = async () => {
    for await (const piece of bytes) {
      sums.crc = crc32(piece, sums.crc);
      sums.raw += piece.length;
      if (!packer.write(piece)) await new Promise((resolve) => packer.once('drain', resolve));
    }
    packer.end();
  };
  const feeding = feed().catch((error) => packer.destroy(error));
  try {
    for await (const piece of packer) {
      sums.packed += piece.length;
      yield piece;
    }
    await feeding;
  } finally {
    packer.destroy();
  }
}

/** From the version needed to the end of the time: the same in both places. */
function commonFields(entry: TreeEntry, isLarge: boolean, isPacked: boolean): Buffer {
  const fields = Buffer.alloc(10);
  fields.writeUInt16LE(isLarge ? 45 : 20, 0);
  fields.writeUInt16LE(flags, 2);
  fields.writeUInt16LE(isPacked ? 8 : 0, 4);
  const at = new Date(Number(entry.mtimeNs / 1_000_000n));
  const year = Math.min(Math.max(at.getUTCFullYear(), 1980), 2107);
  fields.writeUInt16LE((at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1), 6);
  fields.writeUInt16LE(((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(), 8);
  return fields;
}

function descriptor({ crc, raw, packed }: Sums, isLarge: boolean): Buffer {
  const record = Buffer.alloc(isLarge ? 24 : 16);
  record.writeUInt32LE(0x08074b50, 0);
  record.writeUInt32LE(crc, 4);
  if (isLarge) {
    record.writeBigUInt64LE(BigInt(packed), 8);
    record.writeBigUInt64LE(BigInt(raw), 16);
  } else {
    record.writeUInt32LE(packed, 8);
    record.writeUInt32LE(raw, 12);
  }
  return record;
}

interface Row {
  name: Buffer;
  common: Buffer;
  sums: Sums;
  type: number;
  mode: number;
  offset: number;
}

function centralRow({ name, common, sums, type, mode, offset }: Row): Buffer {
  const { crc, raw, packed } = sums;
  const isLarge = raw >= largeBytes;
  const wide = [...(isLarge ? [raw, packed] : []), ...(offset > max32 ? [offset] : [])];
  const extra = wide.length > 0 ? extra64(wide) : Buffer.alloc(0);
  const row = Buffer.alloc(46);
  row.writeUInt32LE(0x02014b50, 0);
  row.writeUInt16LE(0x032d, 4);
  common.copy(row, 6);
  row.writeUInt32LE(crc, 16);
  row.writeUInt32LE(isLarge ? max32 : packed, 20);
  row.writeUInt32LE(isLarge ? max32 : raw, 24);
  row.writeUInt16LE(name.length, 28);
  row.writeUInt16LE(extra.length, 30);
  row.writeUInt32LE(((type | mode) << 16) >>> 0, 38);
  row.writeUInt32LE(Math.min(offset, max32), 42);
  return Buffer.concat([row, name, extra]);
}

function extra64(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, at) => {
    extra.writeBigUInt64LE(BigInt(value), 4 + 8 * at);
  });
  return extra;
}

/** Names in a zip are text, and some programs take a backslash for a folder. */
function toZipName(path: readonly Uint8Array[], isFolder: boolean): Buffer {
  const text = joinNames(path).toString('utf8').replaceAll('\\', '_');
  return Buffer.from(isFolder ? `${text}/` : text);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* none(): AsyncGenerator<Uint8Array> {}
