import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';

/** The right to work for one account until the database's clock passes the lease; the fence names the holder. */
export interface Lease {
  accountId: string;
  fence: number;
}

export interface QueueOptions {
  /** Unique to this process, so that a lease is never renewed by another one. */
  owner: string;
  leaseSeconds: number;
}

/**
 * The queue of due accounts. All times are the database's: engines on machines whose clocks differ agree on what is due
 * and on whose lease has run out.
 */
export class TickerQueue {
  constructor(
    private readonly db: Database,
    private readonly options: QueueOptions,
  ) {}

  /**
   * Leases up to `limit` accounts, those that have been due longest first. An account whose holder died is due when its
   * lease runs out. Rows that another engine is claiming at this moment are passed over, not waited for.
   */
  async claim(limit: number): Promise<Lease[]> {
    const { owner, leaseSeconds } = this.options;
    const rows = await this.db.execute<{ account_id: string; fence: string }>(sql`
      with due as materialized (
        select d.account_id from tickers d
        where (d.due_at <= clock_timestamp() and (d.lease_owner is null or d.lease_until <= clock_timestamp()))
          or (d.lease_owner is not null and d.lease_until <= clock_timestamp())
        order by least(d.due_at, d.lease_until) limit ${limit}
        for update skip locked)
      update tickers t
      set lease_owner = ${owner}, lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}),
          fence = t.fence + 1, due_at = null
      from due where t.account_id = due.account_id
      returning t.account_id, t.fence`);
    return rows.map((row) => ({ accountId: row.account_id, fence: Number(row.fence) }));
  }

  /** Prolongs the leases. @returns the accounts whose lease is still ours; work for the others must end at once. */
  async renew(leases: readonly Lease[]): Promise<Set<string>> {
    if (leases.length === 0) return new Set();
    const { owner, leaseSeconds } = this.options;
    const rows = await this.db.execute<{ account_id: string }>(sql`
      update tickers t set lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
      from unnest(${literal(leases.map((lease) => lease.accountId))}::text[],
                  ${literal(leases.map((lease) => lease.fence))}::bigint[]) as held (account_id, fence)
      where t.account_id = held.account_id and t.fence = held.fence and t.lease_owner = ${owner}
      returning t.account_id`);
    return new Set(rows.map((row) => row.account_id));
  }

  /**
   * Ends a tick. `dueInMs` is when the account wants the next one, null when nothing is to come; a wake that arrived
   * during the tick is kept, because claiming emptied `due_at`. Changes nothing once another engine has the lease.
   */
  async release(lease: Lease, outcome: { dueInMs: number | null; error: string | null }): Promise<boolean> {
    const { dueInMs, error } = outcome;
    const rows = await this.db.execute(sql`
      update tickers t
      set lease_owner = null, lease_until = null, last_tick_at = clock_timestamp(), last_error = ${error},
          due_at = least(t.due_at, clock_timestamp() + make_interval(secs => ${dueInMs === null ? null : dueInMs / 1000}::float8))
      where t.account_id = ${lease.accountId} and t.fence = ${lease.fence} and t.lease_owner = ${this.options.owner}
      returning t.account_id`);
    return rows.length === 1;
  }
}

/** Array parameters travel as one literal; account ids are digits. */
function literal(values: readonly (string | number)[]): string {
  return `{${values.join(',')}}`;
}
