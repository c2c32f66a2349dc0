import type { ProgressMeter } from '../../../jobs/progress-meter';
import type { ReadyStep } from '../../../restore/read-ahead';
import type { Row } from '../model';
import type { WideColumnSource } from '../wide-column-source';
import { BatchWriter, type WriteResult } from './batch-writer';
import type { TablePlan, TablestoreTarget } from './plan-table';
import type { RestoreState } from './restore-state';
import { readRowFile } from './row-source';
import type { RowTally } from './row-tally';
import { renumbered, withoutExpired } from './row-writes';

export interface TableWriterOptions {
  source: WideColumnSource;
  plan: TablePlan;
  target: TablestoreTarget;
  state: RestoreState;
  tally: RowTally;
  meter: ProgressMeter;
  signal: AbortSignal;
}

/** Writes the files of rows of one table, one after another, and says which are done. */
export class TableWriter {
  readonly plan: TablePlan;
  readonly #writer: BatchWriter;
  /** Files are marked in their order, each when its last row is decided, while the next are being written. */
  #marked: Promise<void> = Promise.resolve();

  constructor(private readonly options: TableWriterOptions) {
    const { plan, source, target, signal } = options;
    this.plan = plan;
    this.#writer = new BatchWriter({
      source,
      signal,
      table: plan.to,
      // A row whose number the service chooses must be known to be written before the next is.
      channels: plan.renumbers ? 1 : target.batchChannels,
      onlyIfMissing: !target.overwriteExisting && !plan.renumbers,
      onRow: (row, bytes, result) => this.#take(row, bytes, result),
    });
  }

  async writeFile(steps: AsyncGenerator<ReadyStep>, fileKey: Buffer): Promise<void> {
    const { plan, state, meter, tally } = this.options;
    meter.currentItem = plan.to;
    let place = 0;
    const before = plan.renumbers ? state.rowsOfNext : 0;
    for await (const { row, bytes } of readRowFile(steps, plan.file.schema.key)) {
      const kept = withoutExpired(row, plan.oldestKept);
      if (kept.dropped > 0) tally.expire(plan, kept.dropped);
      if (!kept.row || place++ < before) this.#count(bytes);
      else await this.#write(kept.row, bytes, place);
    }
    const { decided } = await this.#writer.flush();
    this.#marked = Promise.all([this.#marked, decided]).then(() => state.markFile(fileKey));
    this.#marked.catch(() => {});
    if (plan.renumbers) await this.#marked;
  }

  async finish(): Promise<void> {
    await this.#marked;
  }

  /** Waits for what is in flight, whatever becomes of it. */
  async settle(): Promise<void> {
    await this.#writer.settle();
  }

  async #write(row: Row, bytes: number, place: number): Promise<void> {
    const { plan, state } = this.options;
    if (!plan.renumbers) return this.#writer.add(row, bytes);
    await this.#writer.add({ ...row, key: renumbered(row.key, plan.renumbers) }, bytes);
    if (place % rowsPerMark !== 0) return;
    await (await this.#writer.flush()).decided;
    await state.markRows(place);
  }

  #take(row: Row, bytes: number, result: WriteResult): void {
    const { plan, tally, target } = this.options;
    if (result instanceof Error) tally.fail(plan, row, result);
    else if (result === 'exists') tally.add('skipped', plan, row, bytes);
    else
      tally.add(
        target.overwriteExisting && !plan.create && !plan.renumbers ? 'overwritten' : 'created',
        plan,
        row,
        bytes,
      );
    this.#count(bytes);
    if (result === 'written') this.options.meter.transferredBytes += bytes;
  }

  #count(bytes: number): void {
    const { meter } = this.options;
    meter.bytesDone += bytes;
    meter.itemsDone++;
  }
}

/** Rows that may be there twice, at most, after a crash between writing them and saying so. */
const rowsPerMark = 200;
