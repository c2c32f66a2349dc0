import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { replications, tickers } from '@/db/schema';
import { reportUnheard } from '@/lib/replication';
import { readVerb } from '@/lib/verb';
import { NoInput, type TickerState } from './schemas';
import { summarise } from './summarise';

/**
 * Wakes this account's ticker and, where its vaults are a source, the tickers of their targets; at most once in two
 * seconds, so that a page in a loop costs nothing. Replication does not need it: the engine wakes what is due.
 */
export const wakeTicker = readVerb({
  action: 'ticker.wake',
  permission: 'vaults.read',
  input: NoInput,
  async run({ ctx, tx, now }) {
    await tx.execute(sql`select wake_my_tickers()`);
    await reportUnheard(tx, ctx.accountId, now);
    return readState(tx, ctx.accountId, now);
  },
});

export const getTicker = readVerb({
  action: 'ticker.get',
  permission: 'vaults.read',
  input: NoInput,
  run: ({ ctx, tx, now }) => readState(tx, ctx.accountId, now),
});

async function readState(tx: Tx, accountId: string, now: Date): Promise<TickerState> {
  const [ticker] = await tx.select().from(tickers).where(eq(tickers.accountId, accountId));
  const incoming = await tx
    .select()
    .from(replications)
    .where(and(eq(replications.accountId, accountId), eq(replications.state, 'active')));
  return {
    lastTickAt: ticker?.lastTickAt?.toISOString() ?? null,
    isRunning: ticker?.leaseUntil ? ticker.leaseUntil > now : false,
    ...summarise(incoming, now),
    lastError: ticker?.lastError ?? null,
  };
}
