import { and, eq, sql } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import { archivings } from '@/db/schema';
import { Measured } from '@/lib/engine/transfer/measured';
import type { ClaimedArchiving } from './claim';

/** What has been copied of one point, written to its row. */
export function measureArchiving(db: Database, { accountId, point, pinNo }: ClaimedArchiving): Measured {
  return new Measured(({ doneBytes, plannedBytes, rateBytesPerSecond, freshBytes }) =>
    inAccount(db, accountId, (tx) =>
      tx
        .update(archivings)
        .set({
          bytesDone: doneBytes,
          bytesTotal: plannedBytes,
          rateBytesPerSecond,
          storedBytes: sql`${archivings.storedBytes} + ${freshBytes}`,
          lastError: null,
          failingSince: null,
          lastStepAt: sql`now()`,
        })
        .where(and(eq(archivings.pointId, point.id), eq(archivings.pinNo, pinNo))),
    ),
  );
}
