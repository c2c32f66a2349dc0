import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';

/** Makes the ticker of an account due; an engine hears of it when the transaction commits. */
export async function wakeTickerOf(tx: Tx, accountId: string): Promise<void> {
  await tx.execute(sql`select wake_ticker(${accountId})`);
}
