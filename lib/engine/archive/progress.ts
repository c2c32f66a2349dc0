import { and, eq, sql } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import { archivings } from '@/db/schema';
import { RateWindow } from '@/lib/engine/transfer/rate';
import type { ClaimedArchiving } from './claim';

const writeEveryMs = 1000;

/** What has been copied of one point, measured; written to its row at most once a second. */
export class ArchiveProgress {
  readonly #rate = new RateWindow();
  #storedBytes = 0;
  #writtenStoredBytes = 0;
  #sent = { plannedBytes: 0, doneBytes: 0 };
  #writtenAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly db: Database,
    private readonly claimed: ClaimedArchiving,
  ) {
    this.#rate.record(performance.now(), 0);
  }

  /** Sealed bytes handed to the writer, of those planned so far. */
  sent(sent: { plannedBytes: number; doneBytes: number }): void {
    this.#sent = sent;
  }

  /** A pack became durable in the archive. */
  stored(sizeBytes: number): void {
    this.#storedBytes += sizeBytes;
  }

  /** Until the walk has come to its end, the total is what is planned so far and grows. */
  async write(options: { force?: boolean } = {}): Promise<void> {
    const now = performance.now();
    if (!options.force && now - this.#writtenAtMs < writeEveryMs) return;
    this.#writtenAtMs = now;
    const { plannedBytes, doneBytes } = this.#sent;
    this.#rate.record(now, doneBytes);
    const fresh = this.#storedBytes - this.#writtenStoredBytes;
    const { accountId, point, pinNo } = this.claimed;
    await inAccount(this.db, accountId, (tx) =>
      tx
        .update(archivings)
        .set({
          bytesDone: doneBytes,
          bytesTotal: plannedBytes,
          rateBytesPerSecond: this.#rate.bytesPerSecond(),
          storedBytes: sql`${archivings.storedBytes} + ${fresh}`,
          lastError: null,
          failingSince: null,
          lastStepAt: sql`now()`,
        })
        .where(and(eq(archivings.pointId, point.id), eq(archivings.pinNo, pinNo))),
    );
    this.#writtenStoredBytes += fresh;
  }
}
