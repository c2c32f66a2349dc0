import { and, asc, eq, gte, sql } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import { restoredBatches } from '@/db/schema';
import type { FrameGroup } from '@/lib/engine/core/carried-frames';
import { NameSet } from '@/lib/engine/core/name-set';
import { nameBytes } from '@/lib/engine/core/names';
import type { JobClaim } from './job-guard';

/**
 * Data chunks that a restore was charged for: each once a job, whoever asks again after a lost connection, a restart or at
 * another engine.
 */
export class CountedChunks {
  readonly #names = new NameSet();
  #batches = 0;

  /** Before the first byte leaves: whatever comes after is a repetition. */
  async count(db: Database, { accountId, jobId }: JobClaim, groups: readonly FrameGroup[]): Promise<void> {
    for (;;) {
      const { names, bytes } = this.#freshOf(groups);
      if (names.length === 0) return;
      const batchNo = this.#batches;
      const joined = Buffer.concat(names);
      const [row] = await inAccount(db, accountId, (tx) =>
        tx.execute<{ isCounted: boolean }>(
          sql`select meter_restore(${jobId}, ${batchNo}, ${joined}, ${bytes}) as "isCounted"`,
        ),
      );
      if (row?.isCounted) {
        for (const name of names) this.#names.add(name);
        this.#batches = Math.max(this.#batches, batchNo + 1);
        return;
      }
      await this.#load(db, accountId, jobId);
    }
  }

  #freshOf(groups: readonly FrameGroup[]): { names: Uint8Array[]; bytes: number } {
    const names: Uint8Array[] = [];
    let bytes = 0;
    for (const frame of groups.flat()) {
      if (frame.pack.ref.type !== 'data') continue;
      for (const { name, location } of frame.parts) {
        if (this.#names.has(name)) continue;
        names.push(name);
        bytes += location.length;
      }
    }
    return { names, bytes };
  }

  /** What others have counted since. */
  async #load(db: Database, accountId: string, jobId: string): Promise<void> {
    const { accountId: account, jobId: job, batchNo, names } = restoredBatches;
    const rows = await inAccount(db, accountId, (tx) =>
      tx
        .select({ batchNo, names })
        .from(restoredBatches)
        .where(and(eq(account, accountId), eq(job, jobId), gte(batchNo, this.#batches)))
        .orderBy(asc(batchNo)),
    );
    for (const row of rows) {
      for (let at = 0; at < row.names.length; at += nameBytes)
        this.#names.add(row.names.subarray(at, at + nameBytes));
      this.#batches = Math.max(this.#batches, row.batchNo + 1);
    }
  }
}
