import { type SQL, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import type { Duty } from '@/lib/engine/ticker/duties';

/** How long rows that nobody reads any more are kept, in days after they were over. See docs/operations.md. */
export const keptDays = {
  /** A request repeated after this long is done again. */
  idempotencyKeys: 7,
  sessions: 30,
  downloadTickets: 1,
  enrolmentTokens: 30,
  pointEvents: 30,
};

const rowsAtATime = 1000;

/** Removes, once a day, what is older than its age. What an account is told or audited is never trimmed here. */
export const trimDuty: Duty = {
  kind: 'trim',
  dueAt: (accountId) => sql`
    select coalesce(t.trimmed_at, a.created_at) + interval '1 day'
    from tickers t join accounts a on a.account_id = t.account_id where t.account_id = ${accountId}`,
  run: ({ db }, accountId) =>
    inAccount(db, accountId, async (tx) => {
      let hasMore = false;
      for (const trim of trims) hasMore = (await trim(tx, accountId)) === rowsAtATime || hasMore;
      if (!hasMore)
        await tx.execute(sql`update tickers set trimmed_at = now() where account_id = ${accountId}`);
      return hasMore;
    }),
};

const before = (days: number) => sql`now() - make_interval(days => ${days})`;

const trims = [
  deleteFrom('idempotency_keys', () => sql`created_at < ${before(keptDays.idempotencyKeys)}`),
  deleteFrom('user_sessions', () => sql`coalesce(ended_at, expires_at) < ${before(keptDays.sessions)}`),
  deleteFrom('download_tickets', () => sql`expires_at < ${before(keptDays.downloadTickets)}`),
  deleteFrom(
    'enrolment_tokens',
    () => sql`coalesce(used_at, expires_at) < ${before(keptDays.enrolmentTokens)}`,
  ),
  deleteFrom('point_events', isEventOver),
];

/** @returns a piece of work that answers how many rows went. */
function deleteFrom(table: string, isOver: () => SQL) {
  return async (tx: Tx, accountId: string): Promise<number> => {
    const name = sql.identifier(table);
    const gone = await tx.execute(sql`
      delete from ${name} where ctid = any (array (
        select x.ctid from ${name} x where x.account_id = ${accountId} and ${isOver()} limit ${rowsAtATime}))
      returning 1`);
    return gone.length;
  };
}

/**
 * Of a point that is gone; read by every replication that runs from its vault and by the collection that freed its
 * chunks; and not the newest of its vault, whose number readers compare with the vault's head.
 */
function isEventOver(): SQL {
  return sql`x.at < ${before(keptDays.pointEvents)}
    and x.seq < (select v.head from vaults v where v.id = x.vault_id)
    and not exists (select 1 from backup_points p where p.id = x.point_id and p.vault_id = x.vault_id)
    and not exists (select 1 from replications r
      where r.source_vault_id = x.vault_id and r.state = 'active' and r.seen_seq < x.seq)
    and (x.kind not in ('deleted', 'archived') or x.seq <= coalesce((select max(c.condemned_head) from collections c
      where c.vault_id = x.vault_id and c.step = 'done'), 0))`;
}
