import { sql } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import { releasePin } from './pins';

/**
 * Releases the pins of backup and restore jobs that have ended without their client saying so: given up, cancelled
 * while offline, or finished at the moment of a crash. Called by the ticker. @returns how many were released.
 */
export async function releaseEndedPins(db: Database, accountId: string): Promise<number> {
  return inAccount(db, accountId, async (tx) => {
    const ended = await tx.execute<{ pin_no: string }>(sql`
      select p.pin_no from pins p left join jobs j on j.account_id = p.account_id and j.id = p.work_id
      where p.account_id = ${accountId} and p.work_kind in ('backup', 'restore')
        and (j.id is null or j.status not in ('queued', 'running'))
      order by p.pin_no for update of p skip locked`);
    for (const { pin_no } of ended) await releasePin(tx, Number(pin_no));
    return ended.length;
  });
}
