import { and, eq, sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import { replications } from '@/db/schema';

export type ReplicationRow = typeof replications.$inferSelect;

/** A replication that this process works on, until another one raises the fence. */
export interface ClaimedReplication {
  row: ReplicationRow;
  fence: number;
}

/** Another engine has taken the replication over: whatever this one still holds is dropped, nothing is written. */
export class Superseded extends Error {
  constructor(replicationId: string) {
    super(`Replication ${replicationId} was taken over by another engine.`);
    this.name = 'Superseded';
  }
}

/** The replication was stopped: nothing more becomes visible. */
export class ReplicationStopped extends Error {
  constructor(replicationId: string) {
    super(`Replication ${replicationId} was stopped.`);
    this.name = 'ReplicationStopped';
  }
}

/** Takes an active replication over. @returns null when it is not active any more. */
export async function claimReplication(
  db: Database,
  accountId: string,
  id: string,
): Promise<ClaimedReplication | null> {
  const [row] = await inAccount(db, accountId, (tx) =>
    tx
      .update(replications)
      .set({ fence: sql`${replications.fence} + 1` })
      .where(
        and(eq(replications.id, id), eq(replications.accountId, accountId), eq(replications.state, 'active')),
      )
      .returning(),
  );
  return row ? { row, fence: row.fence } : null;
}

/** A transaction for the target's account that may also read the source vault of this active replication. */
export function inReplication<T>(
  db: Database,
  { row }: ClaimedReplication,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return inAccount(db, row.accountId, work, { replicationId: row.id });
}

/** Locks the row for this transaction. @throws `Superseded`, `ReplicationStopped`. */
export async function lockClaimed(tx: Tx, { row, fence }: ClaimedReplication): Promise<ReplicationRow> {
  const [locked] = await tx.select().from(replications).where(eq(replications.id, row.id)).for('update');
  if (locked?.state !== 'active') throw new ReplicationStopped(row.id);
  if (locked.fence !== fence) throw new Superseded(row.id);
  return locked;
}
