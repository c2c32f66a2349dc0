import { RateWindow } from './rate';

const writeEveryMs = 1000;

export interface Measurement {
  doneBytes: number;
  plannedBytes: number;
  rateBytesPerSecond: number;
  /** Sealed bytes that became durable since the last measurement that was saved. */
  freshBytes: number;
  /** Everything that is to be copied is planned. */
  isWalked: boolean;
}

/** What has been copied, measured; saved at most once a second. */
export class Measured {
  readonly #rate = new RateWindow();
  #storedBytes = 0;
  #savedBytes = 0;
  #sent = { plannedBytes: 0, doneBytes: 0 };
  #writtenAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly save: (measured: Measurement) => Promise<unknown>) {
    this.#rate.record(performance.now(), 0);
  }

  /** Sealed bytes handed to the writer, of those planned so far. */
  sent(sent: { plannedBytes: number; doneBytes: number }): void {
    this.#sent = sent;
  }

  /** A pack became durable. */
  stored(sizeBytes: number): void {
    this.#storedBytes += sizeBytes;
  }

  /** Until the walk has come to its end, the total is what is planned so far and grows. */
  async write(options: { isWalked?: boolean; force?: boolean } = {}): Promise<void> {
    const now = performance.now();
    if (!options.force && now - this.#writtenAtMs < writeEveryMs) return;
    this.#writtenAtMs = now;
    const freshBytes = this.#storedBytes - this.#savedBytes;
    this.#rate.record(now, this.#sent.doneBytes);
    await this.save({
      ...this.#sent,
      rateBytesPerSecond: this.#rate.bytesPerSecond(),
      freshBytes,
      isWalked: options.isWalked ?? false,
    });
    this.#savedBytes += freshBytes;
  }
}
