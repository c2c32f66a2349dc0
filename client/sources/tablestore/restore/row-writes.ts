import { batchMarginBytes, serviceLimits } from '../limits';
import { autoIncrement, type Cell, type KeyCell, type Row } from '../model';
import type { RowWrite } from '../wide-column-source';
import { cellBytes } from '../wire/encode-rows';

const maxWriteBytes = serviceLimits.bytesPerBatch - batchMarginBytes;

/** The row without versions that the table's time to live would delete at once; null when nothing is left of it. */
export function withoutExpired(row: Row, oldestKept: bigint | null): { row: Row | null; dropped: number } {
  if (oldestKept === null) return { row, dropped: 0 };
  const cells = row.cells.filter(({ timestamp }) => timestamp >= oldestKept);
  const dropped = row.cells.length - cells.length;
  return { row: cells.length === 0 && dropped > 0 ? null : { ...row, cells }, dropped };
}

/** The key with a number that the service chooses in place of the one it had. */
export function renumbered(key: readonly KeyCell[], column: string): KeyCell[] {
  return key.map((cell) => (cell.name === column ? { ...autoIncrement, name: column } : cell));
}

/** A row as writes that the service takes: one as a rule, more for a row that is wider than a request may be. */
export function toWrites(row: Row, onlyIfMissing: boolean): RowWrite[] {
  const keyBytes = row.key.reduce((sum, cell) => sum + cellBytes(cell), 0);
  const parts: Cell[][] = [[]];
  let bytes = keyBytes;
  for (const cell of row.cells) {
    const size = cellBytes(cell);
    const last = parts.at(-1)!;
    if (last.length > 0 && (last.length === serviceLimits.columnsPerWrite || bytes + size > maxWriteBytes)) {
      parts.push([]);
      bytes = keyBytes;
    }
    parts.at(-1)!.push(cell);
    bytes += size;
  }
  return parts.map((cells, i) => ({
    kind: i === 0 ? 'put' : 'add',
    key: row.key,
    cells,
    onlyIfMissing: i === 0 && onlyIfMissing,
  }));
}

export function writeBytes({ key, cells }: RowWrite): number {
  let bytes = 16;
  for (const cell of key) bytes += cellBytes(cell);
  for (const cell of cells) bytes += cellBytes(cell);
  return bytes;
}

/** Gathers writes into batches that the service takes. */
export class BatchFiller<T extends { write: RowWrite }> {
  #items: T[] = [];
  #bytes = 0;

  /** @returns the batch that is full without this one. */
  add(item: T): T[] | null {
    const bytes = writeBytes(item.write);
    const isFull =
      this.#items.length === serviceLimits.rowsPerBatch ||
      (this.#items.length > 0 && this.#bytes + bytes > maxWriteBytes);
    const full = isFull ? this.take() : null;
    this.#items.push(item);
    this.#bytes += bytes;
    return full;
  }

  take(): T[] {
    const items = this.#items;
    this.#items = [];
    this.#bytes = 0;
    return items;
  }
}
