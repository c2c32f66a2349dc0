import { computeName, nameBytes } from '@/lib/engine/core/names';
import type { Uploader } from '../../../backup/uploader';
import type { ProgressMeter } from '../../../jobs/progress-meter';
import { RowCutter } from '../rows/row-cutter';
import { RowWriter } from '../rows/row-format';
import type { RowPage, WideColumnSource } from '../wide-column-source';
import type { KeyRange } from './ranges';

export interface ScannedRange {
  rows: number;
  /** Of the rows as they are kept. */
  bytes: number;
  /** Name and length of each group, one after another: 20 bytes each. */
  groups: Buffer;
  oldest: bigint | null;
  newest: bigint | null;
  /** Rows that carry a version newer than the beginning of the backup. */
  writtenMeanwhile: number;
}

export interface ScanContext {
  source: WideColumnSource;
  namingKey: Uint8Array;
  uploader: Uploader;
  meter: ProgressMeter;
  signal: AbortSignal;
  /** In milliseconds: when the backup began. */
  startedAt: bigint;
  onRead(bytes: number): void;
}

export const groupRecordBytes = nameBytes + 4;

/** Reads the rows of a range once, in order, and sends the groups they make. Holds two pages and one group. */
export async function scanRange(
  context: ScanContext,
  table: { name: string; maxVersions: number },
  range: KeyRange,
): Promise<ScannedRange> {
  const scan = new RangeScan(context);
  let ahead: Promise<RowPage> | null = context.source.readPage(table.name, range, table, context.signal);
  while (ahead) {
    const page: RowPage = await ahead;
    ahead = page.next
      ? context.source.readPage(table.name, { start: page.next, end: range.end }, table, context.signal)
      : null;
    // Whoever waits for it next sees the failure; until then it is nobody's.
    ahead?.catch(() => {});
    await scan.add(page);
  }
  return scan.finish();
}

class RangeScan {
  readonly #writer = new RowWriter();
  readonly #cutter: RowCutter;
  readonly #records: Buffer[] = [];
  #rows = 0;
  #bytes = 0;
  #oldest: bigint | null = null;
  #newest: bigint | null = null;
  #writtenMeanwhile = 0;

  constructor(private readonly context: ScanContext) {
    this.#cutter = new RowCutter(context.namingKey);
  }

  async add({ rows, bytes }: RowPage): Promise<void> {
    const { meter, signal, startedAt, onRead } = this.context;
    onRead(bytes);
    for (const row of rows) {
      const encoded = this.#writer.encode(row);
      let isNew = false;
      for (const { timestamp } of row.cells) {
        if (this.#oldest === null || timestamp < this.#oldest) this.#oldest = timestamp;
        if (this.#newest === null || timestamp > this.#newest) this.#newest = timestamp;
        isNew ||= timestamp > startedAt;
      }
      if (isNew) this.#writtenMeanwhile++;
      this.#bytes += encoded.length;
      meter.bytesDone += encoded.length;
      for (const group of this.#cutter.add(row.key, encoded)) await this.#send(group);
    }
    this.#rows += rows.length;
    meter.itemsDone += rows.length;
    signal.throwIfAborted();
  }

  async finish(): Promise<ScannedRange> {
    for (const group of this.#cutter.finish()) await this.#send(group);
    return {
      rows: this.#rows,
      bytes: this.#bytes,
      groups: Buffer.concat(this.#records),
      oldest: this.#oldest,
      newest: this.#newest,
      writtenMeanwhile: this.#writtenMeanwhile,
    };
  }

  async #send(group: Buffer): Promise<void> {
    const name = computeName(this.context.namingKey, 'data', group);
    const record = Buffer.allocUnsafe(groupRecordBytes);
    record.set(name);
    record.writeUInt32BE(group.length, nameBytes);
    this.#records.push(record);
    await this.context.uploader.add({ name, type: 'data', bytes: group });
  }
}

export function* groupsOf({ groups }: ScannedRange): Generator<{ name: Buffer; length: number }> {
  for (let at = 0; at < groups.length; at += groupRecordBytes)
    yield { name: groups.subarray(at, at + nameBytes), length: groups.readUInt32BE(at + nameBytes) };
}
