import { corrupt } from '@/lib/engine/core/bytes';
import { type Cell, type KeyCell, type Row, type Value, type ValueTag, valueTags } from '../model';
import { crc8, crc8Byte } from './crc8';
import { header, tags } from './tags';

export interface DecodedRow extends Row {
  isDelete: boolean;
}

interface RawCell extends Value {
  name: string;
  timestamp: bigint | null;
  /** Of a change: 1 and 3 delete versions, 4 adds. */
  operation: number | null;
}

const hasLength = new Set<number>([valueTags.string, valueTags.binary]);
const fixedBytes: Record<number, number> = {
  [valueTags.integer]: 8,
  [valueTags.double]: 8,
  [valueTags.boolean]: 1,
  [valueTags.infMin]: 0,
  [valueTags.infMax]: 0,
  [valueTags.autoIncrement]: 0,
};

/** Names repeat in every row: decoded once each. */
const maxRememberedNames = 4096;

/** Reads rows, checking every sum. Values are views into the bytes given. */
export class RowDecoder {
  #at = 0;
  #names = new Map<string, string>();

  constructor(private readonly bytes: Buffer) {
    if (bytes.length > 0 && this.#u32() !== header) this.#fail('it does not begin as rows do');
  }

  /** Null after the last row. */
  next(): DecodedRow | null {
    if (this.#at >= this.bytes.length) return null;
    let sum = 0;
    const key: KeyCell[] = [];
    const cells: (RawCell & Cell)[] = [];
    if (this.#peek() === tags.key) {
      this.#at++;
      while (this.#peek() === tags.cell) {
        const { cell, crc } = this.#cell();
        sum = crc8Byte(sum, crc);
        key.push({ name: cell.name, tag: cell.tag, bytes: cell.bytes });
      }
    }
    if (this.#peek() === tags.data) {
      this.#at++;
      while (this.#peek() === tags.cell) {
        const { cell, crc } = this.#cell();
        sum = crc8Byte(sum, crc);
        cell.timestamp ??= noTimestamp;
        cells.push(cell as RawCell & Cell);
      }
    }
    const isDelete = this.#peek() === tags.deleteRow;
    if (isDelete) this.#at++;
    sum = crc8Byte(sum, isDelete ? 1 : 0);
    this.#expect(tags.rowChecksum);
    if (this.#u8() !== sum) this.#fail('a row does not match its checksum');
    return { key, cells, isDelete };
  }

  #cell(): { cell: RawCell; crc: number } {
    this.#expect(tags.cell);
    this.#expect(tags.cellName);
    const nameLength = this.#u32();
    const nameAt = this.#take(nameLength);
    let crc = crc8(0, this.bytes, nameAt, this.#at);
    const cell: RawCell = {
      name: this.#name(nameAt, nameLength),
      tag: valueTags.infMin,
      bytes: none,
      timestamp: null,
      operation: null,
    };
    if (this.#peek() === tags.cellValue) crc = this.#value(cell, crc);
    if (this.#peek() === tags.cellOperation) {
      this.#at++;
      cell.operation = this.#u8();
    }
    if (this.#peek() === tags.cellTimestamp) {
      this.#at++;
      const at = this.#take(8);
      cell.timestamp = this.bytes.readBigInt64LE(at);
      crc = crc8(crc, this.bytes, at, at + 8);
    }
    if (cell.operation !== null) crc = crc8Byte(crc, cell.operation);
    this.#expect(tags.cellChecksum);
    if (this.#u8() !== crc) this.#fail(`the column ${cell.name} does not match its checksum`);
    return { cell, crc };
  }

  #value(cell: RawCell, before: number): number {
    this.#at++;
    // The length of everything that follows, which the parts say too.
    this.#u32();
    const tag = this.#u8();
    let crc = crc8Byte(before, tag);
    let length = fixedBytes[tag];
    if (hasLength.has(tag)) {
      length = this.#u32();
      crc = crc8(crc, this.bytes, this.#at - 4, this.#at);
    }
    if (length === undefined) this.#fail(`a value is of the unknown type ${tag}`);
    const at = this.#take(length);
    cell.tag = tag as ValueTag;
    cell.bytes = this.bytes.subarray(at, this.#at);
    return crc8(crc, this.bytes, at, this.#at);
  }

  #name(at: number, length: number): string {
    const raw = this.bytes.toString('latin1', at, at + length);
    const known = this.#names.get(raw);
    if (known !== undefined) return known;
    const name = this.bytes.toString('utf8', at, at + length);
    if (this.#names.size < maxRememberedNames) this.#names.set(raw, name);
    return name;
  }

  #peek(): number {
    return this.bytes[this.#at] ?? 0;
  }

  #expect(tag: number): void {
    if (this.#u8() !== tag) this.#fail(`the tag ${tag} is missing at byte ${this.#at - 1}`);
  }

  #u8(): number {
    return this.bytes[this.#take(1)]!;
  }

  #u32(): number {
    return this.bytes.readUInt32LE(this.#take(4));
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.bytes.length - at) this.#fail('it ends too early');
    this.#at = at + count;
    return at;
  }

  #fail(why: string): never {
    throw corrupt(`an answer of Tablestore is damaged, ${why}`);
  }
}

const none = Buffer.alloc(0);
/** Of a cell that has none: in requests that leave the version to the service. */
export const noTimestamp = -1n;

export function decodeRows(bytes: Buffer): DecodedRow[] {
  const decoder = new RowDecoder(bytes);
  const rows: DecodedRow[] = [];
  for (let row = decoder.next(); row; row = decoder.next()) rows.push(row);
  return rows;
}

export function decodeKey(bytes: Buffer): KeyCell[] {
  return decodeRows(bytes)[0]?.key ?? [];
}
