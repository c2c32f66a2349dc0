import { inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { replications } from '@/db/schema';
import { unheardAfterSeconds } from './recovery-objective';
import { tellSides } from './tell-sides';

/**
 * For the web server, which runs where no engine does: tells both sides of replications that no engine has looked at for
 * too long, once for each time that it happens.
 */
export async function reportUnheard(tx: Tx, ownId: string, now: Date): Promise<void> {
  const marked = await tx.execute<{ id: string }>(
    sql`select id from mark_unheard(make_interval(secs => ${unheardAfterSeconds}))`,
  );
  if (marked.length === 0) return;
  const ids = marked.map(({ id }) => id);
  const rows = await tx.select().from(replications).where(inArray(replications.id, ids));
  for (const row of rows) await tellSides(tx, ownId, 'unheard', row, now);
}
