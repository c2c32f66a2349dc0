import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import type { AbandonedCopy } from '@/lib/engine/transfer';
import { targetPointId } from './target-point-id';

/** Pins of archivings that nobody will take up again: their point was deleted, has expired, or its vault is gone. */
export const abandonedArchivings = (accountId: string) => sql`
  from pins n
  where n.account_id = ${accountId} and n.work_kind = 'archive' and n.work_id not like 'abandoned/%' and not exists (
    select 1 from archivings w join backup_points p on p.id = w.point_id
    where w.point_id = n.work_id and w.target_vault_id = n.vault_id and p.status = 'visible' and p.tier = 'standard')`;

export async function findAbandonedArchivings(tx: Tx, accountId: string): Promise<AbandonedCopy[]> {
  await tx.execute(sql`
    delete from archivings w using backup_points p
    where w.account_id = ${accountId} and p.id = w.point_id and (p.status <> 'visible' or p.tier <> 'standard')`);
  const rows = await tx.execute<{ pin_no: string; vault_id: string; work_id: string }>(
    sql`select n.pin_no, n.vault_id, n.work_id ${abandonedArchivings(accountId)}`,
  );
  return rows.map((row) => ({
    pinNo: Number(row.pin_no),
    vaultId: row.vault_id,
    // Where the target was the point's own vault, no manifest has this id.
    targetPointId: targetPointId(row.work_id, row.vault_id),
  }));
}
