import type { Cell, KeyCell, Row, TableOptions, TableSchema } from './model';

/** Rows of a page, and where the next one begins; null after the last. */
export interface RowPage {
  rows: Row[];
  next: KeyCell[] | null;
  /** Of the rows as they came over the wire. */
  bytes: number;
}

export interface RowWrite {
  /** `put` takes the place of a row; `add` sets more columns of one that was put before. */
  kind: 'put' | 'add';
  key: readonly KeyCell[];
  cells: readonly Cell[];
  onlyIfMissing: boolean;
}

/** Per row, in the order of the writes: null, or why it was not written. */
export type RowOutcome = Error | null;

/**
 * Tables of rows with sorted keys and versioned columns. Every call ends by its own deadline, repeats what may be repeated
 * while the service is busy or away, and throws `CrossvaultError` with what to do.
 */
export interface WideColumnSource {
  listTables(signal: AbortSignal): Promise<string[]>;
  /** @throws `not_found`, reason `table_missing`. */
  describeTable(table: string, signal: AbortSignal): Promise<TableSchema>;
  createTable(table: string, schema: TableSchema, signal: AbortSignal): Promise<void>;
  setOptions(table: string, options: TableOptions, signal: AbortSignal): Promise<void>;
  /** Keys that cut the table into parts of about this size, ascending; shorter keys stand for the lowest that begin so. */
  splitPoints(table: string, partBytes: number, signal: AbortSignal): Promise<KeyCell[][]>;
  /** From `start`, included, up to `end`, excluded; all versions of all columns. */
  readPage(
    table: string,
    range: { start: readonly KeyCell[]; end: readonly KeyCell[] },
    limits: { maxVersions: number; rows?: number },
    signal: AbortSignal,
  ): Promise<RowPage>;
  /** At most what one batch may hold. Rows fail one by one; the call throws when all of it did. */
  writeRows(table: string, writes: readonly RowWrite[], signal: AbortSignal): Promise<RowOutcome[]>;
  close(): void;
}
