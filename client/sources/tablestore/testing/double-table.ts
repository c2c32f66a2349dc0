import { orderOf } from '../key-order';
import { serviceLimits } from '../limits';
import { type Cell, type KeyCell, type KeyColumn, type Row, type TableSchema, valueTags } from '../model';
import type { DecodedRow } from '../wire/decode-rows';
import { cellBytes } from '../wire/encode-rows';
import { DoubleError, invalid } from './double-error';

interface StoredRow {
  order: Buffer;
  key: KeyCell[];
  /** By column name, newest first. */
  columns: Map<string, Cell[]>;
}

export interface WriteRequest {
  row: DecodedRow;
  kind: 'put' | 'update' | 'delete';
  existence: 'ignore' | 'exists' | 'missing';
}

const keyTags = { integer: valueTags.integer, string: valueTags.string, binary: valueTags.binary };
const deleteAll = 1;
const deleteOne = 3;

/** One table as the service keeps it: sorted by key, versions by timestamp, time to live and version limits applied. */
export class DoubleTable {
  readonly #rows: StoredRow[] = [];
  #lastNumber = 1_000_000n;

  constructor(
    public schema: TableSchema,
    private readonly nowMs: () => number,
  ) {}

  get size(): number {
    return this.#rows.length;
  }

  /** @returns the whole key, with the number that the service chose. */
  write({ row, kind, existence }: WriteRequest): KeyCell[] {
    const key = this.#completeKey(row.key, kind);
    for (const cell of row.cells) this.#requireCell(cell, kind);
    if (row.cells.length > serviceLimits.columnsPerWrite)
      throw new DoubleError(400, 'OTSOutOfColumnCountLimit', 'The number of columns exceeds the limit.');
    const order = orderOf(key);
    const at = this.#find(order);
    const found = this.#rows[at]?.order.equals(order) ? this.#rows[at] : undefined;
    if ((existence === 'missing' && found) || (existence === 'exists' && !found))
      throw new DoubleError(403, 'OTSConditionCheckFail', 'Condition check failed.');
    if (kind === 'delete') {
      if (found) this.#rows.splice(at, 1);
      return key;
    }
    const stored = found ?? { order, key: key.map(own), columns: new Map() };
    if (kind === 'put') stored.columns = new Map();
    for (const cell of row.cells) this.#set(stored, cell);
    if (!found) this.#rows.splice(at, 0, stored);
    return key;
  }

  /** As somebody else would. */
  deleteKey(key: KeyCell[]): void {
    this.write({ row: { key, cells: [], isDelete: true }, kind: 'delete', existence: 'ignore' });
  }

  read(key: readonly KeyCell[], maxVersions: number): Row | null {
    const order = orderOf(key);
    const stored = this.#rows[this.#find(order)];
    return stored?.order.equals(order) ? this.#visible(stored, maxVersions) : null;
  }

  /** At most what one answer holds. */
  range(
    start: readonly KeyCell[],
    end: readonly KeyCell[],
    options: { maxVersions: number; limit?: number; isBackward?: boolean },
  ): { rows: Row[]; next: KeyCell[] | null } {
    const { maxVersions, limit = serviceLimits.rowsPerPage, isBackward = false } = options;
    const [from, to] = [orderOf(start), orderOf(end)];
    const step = isBackward ? -1 : 1;
    const rows: Row[] = [];
    let bytes = 0;
    let at = this.#find(from);
    if (isBackward && !this.#rows[at]?.order.equals(from)) at--;
    for (; at >= 0 && at < this.#rows.length; at += step) {
      const stored = this.#rows[at]!;
      if (Buffer.compare(stored.order, to) * step >= 0) break;
      const row = this.#visible(stored, maxVersions);
      if (!row) continue;
      if (rows.length >= Math.min(limit, serviceLimits.rowsPerPage) || bytes >= serviceLimits.bytesPerPage)
        return { rows, next: stored.key };
      rows.push(row);
      bytes += sizeOf(row);
    }
    return { rows, next: null };
  }

  /** Every so many bytes a key, without the row's later key columns. */
  splitPoints(partBytes: number): KeyCell[][] {
    const points: KeyCell[][] = [];
    let bytes = 0;
    for (const stored of this.#rows) {
      if (bytes >= partBytes) {
        points.push(stored.key.slice(0, 1));
        bytes = 0;
      }
      bytes += sizeOf({ key: stored.key, cells: [...stored.columns.values()].flat() });
    }
    return points.filter((point, i) => i === 0 || !orderOf(point).equals(orderOf(points[i - 1]!)));
  }

  #completeKey(key: readonly KeyCell[], kind: WriteRequest['kind']): KeyCell[] {
    if (key.length !== this.schema.key.length)
      throw new DoubleError(400, 'OTSInvalidPK', 'Wrong number of keys.');
    return key.map((cell, i) => this.#completeKeyCell(cell, this.schema.key[i]!, key, kind));
  }

  #completeKeyCell(
    cell: KeyCell,
    column: KeyColumn,
    key: readonly KeyCell[],
    kind: WriteRequest['kind'],
  ): KeyCell {
    if (cell.name !== column.name) throw new DoubleError(400, 'OTSInvalidPK', `No key column ${cell.name}.`);
    if (cell.tag === valueTags.autoIncrement && column.isAutoIncrement) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(++this.#lastNumber);
      return { name: cell.name, tag: valueTags.integer, bytes };
    }
    if (cell.tag !== keyTags[column.type])
      throw new DoubleError(
        400,
        'OTSInvalidPK',
        `Validate PK type fail. Input: ${cell.tag}, Meta: ${column.type}.`,
      );
    if (cell.bytes.length > serviceLimits.keyValueBytes)
      throw invalid('The length of a key exceeds 1024 bytes.');
    if (column.isAutoIncrement && kind === 'put' && !this.#has(key))
      throw invalid('The value of an auto-increment column is chosen by the service for new rows.');
    return cell;
  }

  #has(key: readonly KeyCell[]): boolean {
    const order = orderOf(key);
    return this.#rows[this.#find(order)]?.order.equals(order) ?? false;
  }

  #requireCell(cell: Cell, kind: WriteRequest['kind']): void {
    if (!/^[A-Za-z_]\w{0,254}$/.test(cell.name)) throw invalid(`Invalid column name: '${cell.name}'.`);
    if (cell.bytes.length > serviceLimits.attributeBytes)
      throw invalid(`The length of attribute column: '${cell.name}' exceeds the MaxLength: 2097152.`);
    if (kind === 'delete' || cell.timestamp < 0n) return;
    const { maxVersionOffsetSeconds, timeToLiveSeconds } = this.schema.options;
    const seconds = Number(cell.timestamp) / 1000;
    const now = this.nowMs() / 1000;
    const oldest = now - Math.min(maxVersionOffsetSeconds, lifeOf(timeToLiveSeconds));
    if (seconds < oldest || seconds >= now + maxVersionOffsetSeconds)
      throw invalid(`The input timestamp is out of the valid version range of column '${cell.name}'.`);
  }

  #set(stored: StoredRow, cell: Cell & { operation?: number | null }): void {
    if (cell.operation === deleteAll) {
      stored.columns.delete(cell.name);
      return;
    }
    const timestamp = cell.timestamp < 0n ? BigInt(this.nowMs()) : cell.timestamp;
    const versions = (stored.columns.get(cell.name) ?? []).filter(
      (version) => version.timestamp !== timestamp,
    );
    if (cell.operation !== deleteOne)
      versions.push({ name: cell.name, tag: cell.tag, bytes: Buffer.from(cell.bytes), timestamp });
    versions.sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1));
    stored.columns.set(cell.name, versions.slice(0, this.schema.options.maxVersions));
  }

  /** Null for a row whose every version has passed its time to live. */
  #visible({ key, columns }: StoredRow, maxVersions: number): Row | null {
    const oldest = BigInt(
      Math.floor(this.nowMs() - 1000 * Math.min(lifeOf(this.schema.options.timeToLiveSeconds), 1e12)),
    );
    const cells: Cell[] = [];
    for (const name of [...columns.keys()].sort()) {
      const alive = columns.get(name)!.filter(({ timestamp }) => timestamp >= oldest);
      cells.push(...alive.slice(0, Math.min(maxVersions, this.schema.options.maxVersions)));
    }
    return cells.length === 0 && columns.size > 0 ? null : { key, cells };
  }

  #find(order: Buffer): number {
    let low = 0;
    let high = this.#rows.length;
    if (high > 0 && Buffer.compare(this.#rows[high - 1]!.order, order) < 0) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (Buffer.compare(this.#rows[middle]!.order, order) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function lifeOf(timeToLiveSeconds: number): number {
  return timeToLiveSeconds === -1 ? Number.POSITIVE_INFINITY : timeToLiveSeconds;
}

/** The bytes of a request are the request's. */
function own(cell: KeyCell): KeyCell {
  return { ...cell, bytes: Buffer.from(cell.bytes) };
}

function sizeOf({ key, cells }: Row): number {
  return [...key, ...cells].reduce((sum, cell) => sum + cellBytes(cell), 0);
}
