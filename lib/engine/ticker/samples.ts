import { sql } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';

/** One row a minute for each active replication of the account; a duty rolls them up with age. */
export async function recordSamples(db: Database, accountId: string): Promise<void> {
  await inAccount(db, accountId, async (tx) => {
    await tx.execute(sql`
      insert into replication_samples (account_id, replication_id, at, copied_bytes, lag_points, lag_seconds)
      select r.account_id, r.id, date_trunc('minute', now()), r.copied_bytes, r.lag_points,
        coalesce(greatest(0, extract(epoch from now() - r.lag_since)), 0)::int
      from replications r where r.account_id = ${accountId} and r.state = 'active'
      on conflict do nothing`);
  });
}
