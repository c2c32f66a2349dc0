import { and, eq, sql } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import { backupCopies } from '@/db/schema';
import { Measured } from '@/lib/engine/transfer/measured';
import type { ClaimedCopy } from './claim';

/** What has been copied of one backup, written to its row. */
export function measureCopy(db: Database, { row, pinNo }: ClaimedCopy): Measured {
  return new Measured(({ doneBytes, plannedBytes, rateBytesPerSecond, freshBytes }) =>
    inAccount(db, row.accountId, (tx) =>
      tx
        .update(backupCopies)
        .set({
          bytesDone: doneBytes,
          bytesTotal: plannedBytes,
          rateBytesPerSecond,
          storedBytes: sql`${backupCopies.storedBytes} + ${freshBytes}`,
          waitingReason: null,
          lastError: null,
          failingSince: null,
          lastStepAt: sql`now()`,
        })
        .where(
          and(eq(backupCopies.id, row.id), eq(backupCopies.pinNo, pinNo), eq(backupCopies.state, 'copying')),
        ),
    ),
  );
}
