import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import type { Database } from '@/db/client';

/** Until another transaction of this database waits for a lock: a state of the server, not a span of time. */
export async function waitUntilBlocked(owner: Database): Promise<void> {
  const look = () =>
    owner.execute(sql`select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`);
  await expect.poll(look, { interval: 20, timeout: 5000 }).not.toHaveLength(0);
}
