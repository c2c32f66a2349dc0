import type { ProgressMeter } from '../../../jobs/progress-meter';
import type { ReadyStep } from '../../../restore/read-ahead';
import { orderOf } from '../key-order';
import { infMax, type KeyCell, keyOf } from '../model';
import type { WideColumnSource } from '../wide-column-source';
import type { TablePlan, TablestoreTarget } from './plan-table';
import { readRowFile } from './row-source';
import type { RowTally } from './row-tally';
import { withoutExpired } from './row-writes';

/** Reads one file of rows beside the table that it would go to, both in the order of keys, and counts. Writes nothing. */
export async function countTableChanges(dry: {
  source: WideColumnSource;
  plan: TablePlan;
  target: TablestoreTarget;
  steps: AsyncGenerator<ReadyStep>;
  tally: RowTally;
  meter: ProgressMeter;
  signal: AbortSignal;
}): Promise<void> {
  const { plan, target, tally, meter, signal } = dry;
  const there = plan.create || plan.renumbers ? null : new KeysThere(dry.source, plan, signal);
  meter.currentItem = plan.to;
  for await (const { row, bytes } of readRowFile(dry.steps, plan.file.schema.key)) {
    signal.throwIfAborted();
    const kept = withoutExpired(row, plan.oldestKept);
    if (kept.dropped > 0) tally.expire(plan, kept.dropped);
    if (kept.row) {
      const exists = there !== null && (await there.has(row.key));
      tally.add(!exists ? 'created' : target.overwriteExisting ? 'overwritten' : 'skipped', plan, row, bytes);
    }
    meter.bytesDone += bytes;
    meter.itemsDone++;
  }
}

/** Keys of a table from the first that is asked for; the rest must be asked for in ascending order. */
class KeysThere {
  #page: Buffer[] = [];
  #next: readonly KeyCell[] | null = null;
  #isStarted = false;

  constructor(
    private readonly source: WideColumnSource,
    private readonly plan: TablePlan,
    private readonly signal: AbortSignal,
  ) {}

  async has(key: readonly KeyCell[]): Promise<boolean> {
    const order = orderOf(key);
    if (!this.#isStarted) await this.#load(key);
    for (;;) {
      while (this.#page.length > 0 && Buffer.compare(this.#page.at(-1)!, order) < 0) this.#page.pop();
      const found = this.#page.at(-1);
      if (found) return found.equals(order);
      if (!this.#next) return false;
      // Nothing before the key that is asked for is of interest any more.
      const isBehind = Buffer.compare(orderOf(this.#next), order) < 0;
      await this.#load(isBehind ? key : this.#next);
    }
  }

  async #load(start: readonly KeyCell[]): Promise<void> {
    this.#isStarted = true;
    const { to, file } = this.plan;
    const range = { start, end: keyOf(file.schema.key, infMax) };
    const { rows, next } = await this.source.readPage(to, range, { maxVersions: 1 }, this.signal);
    this.#page = rows.map(({ key }) => orderOf(key)).reverse();
    this.#next = next;
  }
}
