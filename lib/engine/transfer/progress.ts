import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { type ClaimedReplication, inReplication } from './claim';
import { RateWindow } from './rate';

const writeEveryMs = 1000;

/** What has been done of one point, measured; written to the replication's row at most once a second. */
export class CopyProgress {
  readonly #rate = new RateWindow();
  #storedBytes = 0;
  #writtenStoredBytes = 0;
  #sent = { plannedBytes: 0, doneBytes: 0 };
  #writtenAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly db: Database,
    private readonly claimed: ClaimedReplication,
    private readonly point: { id: string; isHistory: boolean; expectedBytes: number },
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.#rate.record(this.nowMs(), 0);
  }

  /** Sealed bytes handed to the writer, of those planned so far. */
  sent(sent: { plannedBytes: number; doneBytes: number }): void {
    this.#sent = sent;
  }

  /** A pack became durable at the target. */
  stored(sizeBytes: number): void {
    this.#storedBytes += sizeBytes;
  }

  /**
   * Writes if a second has passed since the last time, or at once. Until the walk has come to its end the total is what the
   * point added at its source, or what is planned when that is more.
   */
  async write(options: { isWalked?: boolean; force?: boolean } = {}): Promise<void> {
    const now = this.nowMs();
    if (!options.force && now - this.#writtenAtMs < writeEveryMs) return;
    this.#writtenAtMs = now;
    const { plannedBytes, doneBytes } = this.#sent;
    this.#rate.record(now, doneBytes);
    const total = options.isWalked ? plannedBytes : Math.max(plannedBytes, this.point.expectedBytes);
    const fresh = this.#storedBytes - this.#writtenStoredBytes;
    const { row, fence } = this.claimed;
    await inReplication(this.db, this.claimed, (tx) =>
      tx.execute(sql`
        update replications
        set current_point_id = ${this.point.id}, current_bytes_done = ${doneBytes}, current_bytes_total = ${total},
            rate_bytes_per_second = ${this.#rate.bytesPerSecond()}, copied_bytes = copied_bytes + ${fresh},
            history_bytes_done = history_bytes_done + ${this.point.isHistory ? fresh : 0},
            waiting_reason = null, waiting_since = null, last_step_at = now()
        where id = ${row.id} and fence = ${fence} and state = 'active'`),
    );
    this.#writtenStoredBytes += fresh;
  }
}
