import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';

export interface ConfirmedClock {
  now: Date;
  /** The time that was vouched for until now; null when no engine has run yet. */
  trustedAt: Date | null;
  wasHeld: boolean;
  /** Points whose retention has ended by the clock and which go with the next ticks. */
  duePoints: number;
}

/** What believing the clock would let go of; nothing is changed. `owner` sees every row. */
export async function readClock(owner: Database): Promise<ConfirmedClock> {
  const [row] = await owner.execute<{
    now_ms: number;
    trusted_ms: number | null;
    is_held: boolean | null;
    due_points: number;
  }>(sql`
    select extract(epoch from now())::float8 * 1000 as now_ms,
      (select extract(epoch from trusted_at)::float8 * 1000 from clock_guard) as trusted_ms,
      (select now() > trusted_at + clock_tolerance() from clock_guard) as is_held,
      (select count(*)::int from backup_points where status = 'visible' and expires_at <= now()) as due_points`);
  return {
    now: new Date(row!.now_ms),
    trustedAt: row!.trusted_ms === null ? null : new Date(row!.trusted_ms),
    wasHeld: row!.is_held ?? false,
    duePoints: row!.due_points,
  };
}

/** The operator says that the database's clock is right. Every account is woken, so that what waited goes on. */
export async function confirmClock(owner: Database, by: string): Promise<ConfirmedClock> {
  return owner.transaction(async (tx) => {
    const found = await readClock(tx as unknown as Database);
    await tx.execute(sql`
      update clock_guard set trusted_at = clock_timestamp(), seen_at = clock_timestamp(), held_since = null,
        confirmed_at = clock_timestamp(), confirmed_by = ${by}`);
    await tx.execute(sql`select wake_ticker(account_id) from accounts`);
    return found;
  });
}
