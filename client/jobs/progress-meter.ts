import type { ProgressRequest } from '@/lib/engine/wire';
import { printable } from '../format';

/** The rate is measured over this long, so that it neither jumps with each file nor remembers the start forever. */
const windowMs = 10_000;

export type ProgressSnapshot = Omit<ProgressRequest, 'attempt'>;

/** Counts what a job has done. Counters only grow; totals are null until they were counted. */
export class ProgressMeter {
  bytesDone = 0;
  itemsDone = 0;
  transferredBytes = 0;
  /** A path as the system gave it becomes text once a second, not once a file. */
  currentItem: string | Uint8Array | null = null;
  #bytesTotal: number | null = null;
  #itemsTotal: number | null = null;
  #samples: { atMs: number; bytes: number }[];

  constructor(private readonly nowMs: () => number = () => performance.now()) {
    this.#samples = [{ atMs: nowMs(), bytes: 0 }];
  }

  setTotals(bytes: number | null, items: number): void {
    this.#bytesTotal = bytes;
    this.#itemsTotal = items;
  }

  /** Whether there are totals, and what is done lies within them: those of an earlier backup may be too small. */
  get isWithinTotals(): boolean {
    const [bytes, items] = [this.#bytesTotal, this.#itemsTotal];
    return bytes !== null && items !== null && this.bytesDone <= bytes && this.itemsDone <= items;
  }

  /** Starts counting anew, totals kept: an interrupted pass walks again. */
  restart(): void {
    this.bytesDone = this.itemsDone = 0;
    this.#samples = [{ atMs: this.nowMs(), bytes: 0 }];
  }

  /** What is done and how fast it went. Call about once a second. */
  sample(): ProgressSnapshot {
    const atMs = this.nowMs();
    this.#samples.push({ atMs, bytes: this.bytesDone });
    while (this.#samples.length > 2 && this.#samples[1]!.atMs <= atMs - windowMs) this.#samples.shift();
    return {
      bytesDone: this.bytesDone,
      // Files grow while they are read: done never passes the total.
      bytesTotal: this.#bytesTotal === null ? null : Math.max(this.#bytesTotal, this.bytesDone),
      itemsDone: this.itemsDone,
      itemsTotal: this.#itemsTotal === null ? null : Math.max(this.#itemsTotal, this.itemsDone),
      transferredBytes: this.transferredBytes,
      rateBytesPerSecond: this.#rate(),
      currentItem: this.currentItem && shown(this.currentItem).slice(0, 1000),
    };
  }

  #rate(): number | null {
    const first = this.#samples[0]!;
    const last = this.#samples.at(-1)!;
    const seconds = (last.atMs - first.atMs) / 1000;
    return seconds < 0.5 ? null : Math.round((last.bytes - first.bytes) / seconds);
  }
}

const shown = (item: string | Uint8Array) => (typeof item === 'string' ? item : printable(item));

/** Null while it cannot be told. */
export function secondsLeft(progress: ProgressSnapshot): number | null {
  const { bytesDone, bytesTotal, rateBytesPerSecond } = progress;
  if (bytesTotal === null || !rateBytesPerSecond) return null;
  return Math.ceil((bytesTotal - bytesDone) / rateBytesPerSecond);
}
