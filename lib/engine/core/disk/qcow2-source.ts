import { type FileHandle, open } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';
import { zstd } from '../zstd';
import { zstdFrameBytes } from '../zstd-frame';
import type { BlockSource, Extent } from './block-device';
import { parseQcow2Header, type Qcow2Header, unusable } from './qcow2-header';
import { readFully } from './raw';

const offsetMask = 0x00fffffffffffe00n;
const compressedFlag = 1n << 62n;
const zeroFlag = 1n;
const cachedTables = 32;

/** The bytes a guest sees of a qcow2 image. Internal snapshots are left alone; nothing outside the file is opened. */
export async function openQcow2(path: string): Promise<BlockSource> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(Math.min(512, (await file.stat()).size));
    await readFully(file, 0, head);
    const header = parseQcow2Header(head);
    const needed = Math.ceil(header.sizeBytes / 2 ** (2 * header.clusterBits - 3));
    if (header.l1Entries < needed || header.l1Entries > 4 * 1024 * 1024)
      throw unusable('its tables do not fit its size');
    const l1 = Buffer.alloc(header.l1Entries * 8);
    await readFully(file, header.l1Offset, l1);
    return new Qcow2Source(file, header, l1);
  } catch (error) {
    await file.close();
    throw error;
  }
}

type Place = { kind: 'zero' } | { kind: 'plain'; offset: number } | { kind: 'packed'; entry: bigint };

class Qcow2Source implements BlockSource {
  readonly sizeBytes: number;
  readonly #cluster: number;
  readonly #perTable: number;
  readonly #tables = new Map<number, Buffer | null>();

  constructor(
    private readonly file: FileHandle,
    private readonly header: Qcow2Header,
    private readonly l1: Buffer,
  ) {
    this.sizeBytes = header.sizeBytes;
    this.#cluster = 2 ** header.clusterBits;
    this.#perTable = this.#cluster / 8;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    for (let at = 0; at < into.length; ) {
      const position = offset + at;
      const number = Math.floor(position / this.#cluster);
      const within = position - number * this.#cluster;
      const part = into.subarray(at, at + Math.min(this.#cluster - within, into.length - at));
      const place = await this.#place(number);
      if (place.kind === 'zero') part.fill(0);
      else if (place.kind === 'plain') await readFully(this.file, place.offset + within, part);
      else part.set((await this.#unpack(place.entry)).subarray(within, within + part.length));
      at += part.length;
    }
  }

  async *extents(): AsyncIterable<Extent> {
    const count = Math.ceil(this.sizeBytes / this.#cluster);
    let open: Extent | null = null;
    for (let number = 0; number < count; ) {
      const isAbsent = (await this.#table(Math.floor(number / this.#perTable))) === null;
      const isZero = isAbsent || (await this.#place(number)).kind === 'zero';
      const step = isAbsent ? this.#perTable - (number % this.#perTable) : 1;
      const offset = number * this.#cluster;
      const length = Math.min(step * this.#cluster, this.sizeBytes - offset);
      if (open && open.isZero === isZero) open.length += length;
      else {
        if (open) yield open;
        open = { offset, length, isZero };
      }
      number += step;
    }
    if (open) yield open;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async #place(number: number): Promise<Place> {
    const table = await this.#table(Math.floor(number / this.#perTable));
    if (!table) return { kind: 'zero' };
    const entry = table.readBigUInt64BE((number % this.#perTable) * 8);
    if (entry & compressedFlag) return { kind: 'packed', entry };
    const offset = Number(entry & offsetMask);
    return offset === 0 || entry & zeroFlag ? { kind: 'zero' } : { kind: 'plain', offset };
  }

  async #table(index: number): Promise<Buffer | null> {
    const known = this.#tables.get(index);
    if (known !== undefined) return known;
    const offset = Number(this.l1.readBigUInt64BE(index * 8) & offsetMask);
    let table: Buffer | null = null;
    if (offset !== 0) {
      table = Buffer.alloc(this.#cluster);
      await readFully(this.file, offset, table);
    }
    this.#tables.set(index, table);
    if (this.#tables.size > cachedTables) this.#tables.delete(this.#tables.keys().next().value!);
    return table;
  }

  async #unpack(entry: bigint): Promise<Buffer> {
    const shift = BigInt(62 - (this.header.clusterBits - 8));
    const offset = Number(entry & ((1n << shift) - 1n));
    const sectors = Number((entry & (compressedFlag - 1n)) >> shift) + 1;
    const wanted = sectors * 512 - (offset & 511);
    const { size } = await this.file.stat();
    if (offset >= size) throw unusable('it points beyond its end');
    const packed = Buffer.alloc(Math.min(wanted, size - offset));
    await readFully(this.file, offset, packed);
    return unpackCluster(this.header.compression, packed, this.#cluster);
  }
}

/** Sectors hold more than the cluster's own bytes: what follows belongs to its neighbour. */
function unpackCluster(
  compression: Qcow2Header['compression'],
  packed: Buffer,
  clusterBytes: number,
): Buffer {
  try {
    if (compression === 'zlib')
      return inflateRawSync(packed, { maxOutputLength: clusterBytes, finishFlush: 2 });
    const length = zstdFrameBytes(packed);
    if (length === null) throw new Error('no zstd frame');
    const plain = zstd().decompress(packed.subarray(0, length), clusterBytes);
    if (plain.length !== clusterBytes) throw new Error(`${plain.length} bytes`);
    return Buffer.from(plain.buffer, plain.byteOffset, plain.length);
  } catch (cause) {
    throw unusable('a compressed cluster of it is damaged', cause);
  }
}
