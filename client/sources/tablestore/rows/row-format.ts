import { ByteReader, ByteWriter, corrupt } from '@/lib/engine/core/bytes';
import { type Cell, type KeyColumn, type Row, type ValueTag, valueTags } from '../model';

/**
 * How rows lie in a backup point; docs/sources/tablestore.md describes it byte by byte.
 *
 *   file   row*                                                        in the order of the keys
 *   row    varint length, then that many bytes:
 *          per key column  u8 tag, sized bytes                         in the order of the table's key
 *          varint columns, per column in the order of the names' bytes
 *            sized name, varint versions, per version, newest first
 *              i64 timestamp (ms, big-endian), u8 tag, sized bytes
 *
 * Rows stand by themselves: nothing in one depends on another, on its place or on the time of reading, so that equal rows
 * are equal bytes wherever ranges begin.
 */
export const rowFormatVersion = 1;

const storedTags = new Set<number>([
  valueTags.integer,
  valueTags.double,
  valueTags.boolean,
  valueTags.string,
  valueTags.binary,
]);
/** More than a row of the service can take. */
export const maxRowBytes = 1 << 30;

export class RowWriter {
  readonly #body = new ByteWriter(4096);
  readonly #out = new ByteWriter(4096);

  /** The row's bytes, valid until the next call. */
  encode({ key, cells }: Row): Buffer {
    const body = this.#body;
    body.reset();
    for (const { tag, bytes } of key) body.u8(tag).sized(bytes);
    const columns = byColumn(cells);
    body.varint(columns.length);
    for (const versions of columns) {
      body.sized(Buffer.from(versions[0]!.name)).varint(versions.length);
      for (const { timestamp, tag, bytes } of versions) body.i64(timestamp).u8(tag).sized(bytes);
    }
    this.#out.reset();
    return this.#out.sized(body.view()).view();
  }
}

/** The service answers in this order already; another order would make equal rows different bytes. */
function byColumn(cells: readonly Cell[]): Cell[][] {
  const columns: Cell[][] = [];
  for (const cell of isInOrder(cells) ? cells : [...cells].sort(compareCells)) {
    const last = columns.at(-1);
    if (last && last[0]!.name === cell.name) last.push(cell);
    else columns.push([cell]);
  }
  return columns;
}

function isInOrder(cells: readonly Cell[]): boolean {
  for (let i = 1; i < cells.length; i++) if (compareCells(cells[i - 1]!, cells[i]!) > 0) return false;
  return true;
}

function compareCells(a: Cell, b: Cell): number {
  if (a.name === b.name) return a.timestamp > b.timestamp ? -1 : Number(a.timestamp < b.timestamp);
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}

/** Reads rows out of pieces of a file, wherever the pieces end. Values are views into the pieces or copies of them. */
export class RowReader {
  #rest: Buffer = Buffer.alloc(0);

  constructor(private readonly key: readonly KeyColumn[]) {}

  *read(piece: Buffer): Generator<{ row: Row; bytes: number }> {
    let buffer = this.#rest.length > 0 ? Buffer.concat([this.#rest, piece]) : piece;
    for (;;) {
      const found = frame(buffer);
      if (!found) break;
      yield { row: this.#decode(buffer.subarray(found.at, found.end)), bytes: found.end };
      buffer = buffer.subarray(found.end);
    }
    this.#rest = Buffer.from(buffer);
  }

  /** @throws `corrupt_data` when the file ended inside a row. */
  finish(): void {
    if (this.#rest.length > 0) throw corrupt('a file of rows ends inside a row');
  }

  #decode(body: Buffer): Row {
    const reader = new ByteReader(body, 'a row');
    const key = this.key.map(({ name }) => ({ name, ...readValue(reader) }));
    const cells: Cell[] = [];
    for (let columns = reader.varint(); columns > 0; columns--) {
      const name = reader.sized(255).toString();
      for (let versions = reader.varint(); versions > 0; versions--)
        cells.push({ name, timestamp: reader.i64(), ...readValue(reader) });
    }
    reader.end();
    return { key, cells };
  }
}

function readValue(reader: ByteReader): { tag: ValueTag; bytes: Buffer } {
  const tag = reader.u8();
  if (!storedTags.has(tag)) reader.fail(`it holds a value of type ${tag}`);
  return { tag: tag as ValueTag, bytes: reader.sized(maxRowBytes) };
}

/** Where the body of the first row lies; null when it is not all there. */
function frame(buffer: Buffer): { at: number; end: number } | null {
  let length = 0;
  let scale = 1;
  for (let at = 0; at < buffer.length && at < 8; at++) {
    const byte = buffer[at]!;
    length += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte >= 0x80) continue;
    if (length > maxRowBytes) throw corrupt('a row is too long');
    return at + 1 + length <= buffer.length ? { at: at + 1, end: at + 1 + length } : null;
  }
  if (buffer.length >= 8) throw corrupt('the length of a row is too long');
  return null;
}
