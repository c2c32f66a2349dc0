import { setTimeout as delay } from 'node:timers/promises';
import { Slots } from '@/lib/engine/core/slots';
import { CrossvaultError } from '@/lib/errors';
import { backoffDelay, isRetryable } from '../../../net/retry';
import type { Row } from '../model';
import type { RowOutcome, RowWrite, WideColumnSource } from '../wide-column-source';
import { BatchFiller, toWrites } from './row-writes';

export type WriteResult = 'written' | 'exists' | Error;

export interface BatchWriterOptions {
  source: WideColumnSource;
  table: string;
  channels: number;
  onlyIfMissing: boolean;
  signal: AbortSignal;
  patienceMs?: number;
  /** Told of each row once, when it is decided. */
  onRow(row: Row, bytes: number, result: WriteResult): void;
}

interface Item {
  write: RowWrite;
  row: Row;
  bytes: number;
}

const defaultPatienceMs = 10 * 60_000;

/** Writes rows in batches over several channels. Rows that the service cannot take at the moment are tried again. */
export class BatchWriter {
  readonly #slots: Slots;
  readonly #filler = new BatchFiller<Item>();
  readonly #inFlight = new Set<Promise<void>>();
  #failure: { error: unknown } | null = null;

  constructor(private readonly options: BatchWriterOptions) {
    this.#slots = new Slots(options.channels);
  }

  /** Resolves when there is room for more. @throws what ends the whole restore. */
  async add(row: Row, bytes: number): Promise<void> {
    this.#requireNoFailure();
    const [write, ...more] = toWrites(row, this.options.onlyIfMissing);
    if (more.length > 0) return this.#send(() => this.#writeWide({ write: write!, row, bytes }, more));
    const full = this.#filler.add({ write: write!, row, bytes });
    if (full) await this.#send(() => this.#writeBatch(full));
  }

  /** Starts what is gathered. `decided` resolves when everything that was added so far is. */
  async flush(): Promise<{ decided: Promise<void> }> {
    const rest = this.#filler.take();
    if (rest.length > 0) await this.#send(() => this.#writeBatch(rest));
    return { decided: Promise.all(this.#inFlight).then(() => this.#requireNoFailure()) };
  }

  /** Waits for what is in flight, whatever becomes of it. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
  }

  async #send(work: () => Promise<void>): Promise<void> {
    await this.#slots.take();
    const sending = work()
      .catch((error) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#slots.give();
        this.#inFlight.delete(sending);
      });
    this.#inFlight.add(sending);
    this.#requireNoFailure();
  }

  async #writeBatch(items: readonly Item[]): Promise<void> {
    let open = items;
    const startedAt = performance.now();
    for (let attempt = 0; open.length > 0; attempt++) {
      if (attempt > 0) await delay(backoffDelay(attempt - 1), undefined, { signal: this.options.signal });
      const outcomes = await this.#write(open.map(({ write }) => write));
      const isPatient = performance.now() - startedAt < (this.options.patienceMs ?? defaultPatienceMs);
      open = open.filter((item, i) => {
        const outcome = outcomes[i]!;
        if (isRetryable(outcome) && isPatient) return true;
        this.options.onRow(item.row, item.bytes, toResult(outcome));
        return false;
      });
    }
  }

  /** The first part decides whether the row is written at all; the others follow in order. */
  async #writeWide(item: Item, more: readonly RowWrite[]): Promise<void> {
    let outcome: RowOutcome = null;
    for (const write of [item.write, ...more]) {
      [outcome = null] = await this.#write([write]);
      if (outcome) break;
    }
    this.options.onRow(item.row, item.bytes, toResult(outcome));
  }

  /** A request that is refused as a whole for one row's sake is halved until that row stands alone. */
  async #write(writes: readonly RowWrite[]): Promise<RowOutcome[]> {
    const { source, table, signal } = this.options;
    try {
      return await source.writeRows(table, writes, signal);
    } catch (error) {
      const isOfARow = error instanceof CrossvaultError && error.code === 'invalid_input';
      if (!isOfARow) throw error;
      if (writes.length === 1) return [error];
      const half = Math.ceil(writes.length / 2);
      return [...(await this.#write(writes.slice(0, half))), ...(await this.#write(writes.slice(half)))];
    }
  }

  #requireNoFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

function toResult(outcome: RowOutcome): WriteResult {
  if (outcome === null) return 'written';
  return outcome instanceof CrossvaultError && outcome.reason === 'row_exists' ? 'exists' : outcome;
}
