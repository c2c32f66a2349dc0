import { and, eq, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { replications } from '@/db/schema';
import type { Duty } from '@/lib/engine/ticker/duties';
import { judge, unheardAfterSeconds } from './recovery-objective';
import { tellSides } from './tell-sides';
import type { ReplicationRow } from './to-replication';

const everySeconds = 60;
const due = sql`coalesce(${replications.watchedAt}, ${replications.createdAt}) + make_interval(secs => ${everySeconds})`;

/** Judges the replications into an account once a minute and tells both sides what has become different. */
export const watchDuty: Duty = {
  kind: 'watch_replications',
  dueAt: (accountId) => sql`(select min(${due}) from ${replications}
    where ${replications.accountId} = ${accountId} and ${replications.state} = 'active')`,
  async run({ db }, accountId) {
    await inAccount(db, accountId, async (tx) => {
      const rows = await tx
        .select({ row: replications, now: sql<Date>`now()`.mapWith(replications.createdAt) })
        .from(replications)
        .where(
          and(
            eq(replications.accountId, accountId),
            eq(replications.state, 'active'),
            sql`${due} <= clock_timestamp()`,
          ),
        )
        .for('no key update');
      for (const { row, now } of rows) await watch(tx, row, now);
    });
    return false;
  },
};

async function watch(tx: Tx, row: ReplicationRow, now: Date): Promise<void> {
  const { events, ...judged } = judge(row, now);
  const heardAt = row.watchedAt ?? row.createdAt;
  const pauseSeconds = (now.getTime() - heardAt.getTime()) / 1000;
  await tx
    .update(replications)
    .set({ ...judged, watchedAt: sql`clock_timestamp()`, unheardSince: null })
    .where(eq(replications.id, row.id));
  const seen = { ...row, ...judged, missedSince: judged.missedSince ?? row.missedSince };
  for (const event of events) await tellSides(tx, row.accountId, event, seen, now);
  if (row.unheardSince || pauseSeconds > unheardAfterSeconds)
    await tellSides(tx, row.accountId, 'worked_again', row, now);
}
