import { type Cell, type KeyCell, type Value, valueTags } from '../model';
import { crc8, crc8Byte } from './crc8';
import { header, tags } from './tags';

/** Room for one cell besides its name and bytes: tags, lengths, timestamp and sum. */
const cellOverhead = 32;

/** Bytes that a cell takes at most. */
export function cellBytes(cell: { name: string; bytes: Uint8Array }): number {
  return cellOverhead + Buffer.byteLength(cell.name) + cell.bytes.length;
}

/** Encodes keys and rows for requests. One encoder serves one caller: its memory is used again. */
export class RowEncoder {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #at = 0;

  /** A key alone, as the bounds of ranges and single rows are named. */
  key(key: readonly KeyCell[]): Buffer {
    this.#begin();
    return this.#finish(this.#key(key, 0), false);
  }

  /** A row to put, or the columns to set of one that is there. */
  row(key: readonly KeyCell[], cells: readonly Cell[]): Buffer {
    this.#begin();
    return this.#finish(this.#cells(cells, this.#key(key, 0)), false);
  }

  /** Several rows as an answer lists them: one header, then row after row. */
  rows(rows: readonly { key: readonly KeyCell[]; cells: readonly Cell[] }[]): Buffer {
    if (rows.length === 0) return Buffer.alloc(0);
    this.#begin();
    for (const row of rows) this.#end(this.#cells(row.cells, this.#key(row.key, 0)), false);
    return this.#copy();
  }

  deletion(key: readonly KeyCell[]): Buffer {
    this.#begin();
    return this.#finish(this.#key(key, 0), true);
  }

  #begin(): void {
    this.#at = 0;
    this.#u32(header);
  }

  #finish(sum: number, isDelete: boolean): Buffer {
    this.#end(sum, isDelete);
    return this.#copy();
  }

  #copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  #end(sum: number, isDelete: boolean): void {
    if (isDelete) this.#u8(tags.deleteRow);
    this.#u8(tags.rowChecksum);
    this.#u8(crc8Byte(sum, isDelete ? 1 : 0));
  }

  #key(key: readonly KeyCell[], before: number): number {
    this.#u8(tags.key);
    let sum = before;
    for (const cell of key) sum = crc8Byte(sum, this.#cell(cell, null));
    return sum;
  }

  #cells(cells: readonly Cell[], before: number): number {
    if (cells.length === 0) return before;
    this.#u8(tags.data);
    let sum = before;
    for (const cell of cells)
      sum = crc8Byte(sum, this.#cell(cell, cell.timestamp < 0n ? null : cell.timestamp));
    return sum;
  }

  #cell(cell: Value & { name: string }, timestamp: bigint | null): number {
    this.#room(cellBytes(cell));
    this.#u8(tags.cell);
    this.#u8(tags.cellName);
    const nameLength = Buffer.byteLength(cell.name);
    this.#u32(nameLength);
    const nameAt = this.#at;
    this.#at += this.#bytes.write(cell.name, nameAt);
    let crc = crc8(0, this.#bytes, nameAt, this.#at);
    crc = this.#value(cell, crc);
    if (timestamp !== null) {
      this.#u8(tags.cellTimestamp);
      this.#room(8);
      this.#at = this.#bytes.writeBigInt64LE(timestamp, this.#at);
      crc = crc8(crc, this.#bytes, this.#at - 8, this.#at);
    }
    this.#u8(tags.cellChecksum);
    this.#u8(crc);
    return crc;
  }

  #value({ tag, bytes }: Value, before: number): number {
    const hasLength = tag === valueTags.string || tag === valueTags.binary;
    this.#u8(tags.cellValue);
    this.#u32(1 + (hasLength ? 4 : 0) + bytes.length);
    const at = this.#at;
    this.#u8(tag);
    if (hasLength) this.#u32(bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return crc8(before, this.#bytes, at, this.#at);
  }

  #u8(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  #u32(value: number): void {
    this.#room(4);
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  #room(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + count));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}
