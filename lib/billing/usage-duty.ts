import { sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import type { Duty } from '@/lib/engine/ticker/duties';

const rowsPerTransaction = 20_000;

/**
 * Closes the hours that are over. The database counts by itself as bytes come and go; this only turns what is over into
 * rows that stay, and forgets which chunks ended restores were charged for.
 */
export const usageDuty: Duty = {
  kind: 'usage',
  dueAt: (accountId) => sql`coalesce(
    (select min(m.hour) + interval '1 hour' from open_meters m
      where m.account_id = ${accountId} and (m.stored_bytes <> 0 or m.quantity <> 0)),
    (select hour_of(now()) + interval '1 hour' from vaults v where v.account_id = ${accountId} limit 1))`,
  async run({ db }, accountId) {
    return inAccount(db, accountId, async (tx) => {
      await tx.execute(sql`select close_usage_hours()`);
      const swept = await tx.execute(sql`
        delete from restored_batches where (job_id, batch_no) in (
          select c.job_id, c.batch_no from restored_batches c join jobs j on j.account_id = c.account_id and j.id = c.job_id
          where j.account_id = ${accountId} and j.finished_at is not null limit ${rowsPerTransaction})`);
      return swept.count === rowsPerTransaction;
    });
  },
};
