import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import type { AbandonedCopy } from '@/lib/engine/transfer';
import { copiedPointId } from '@/lib/engine/transfer/derived-point-id';

/** Pins of copies that nobody will take up again: their share has ended, or their original is gone. */
export const abandonedBackupCopies = (accountId: string) => sql`
  from pins n
  where n.account_id = ${accountId} and n.work_kind = 'backup_copy' and n.work_id not like 'abandoned/%' and not exists (
    select 1 from backup_copies c
    where c.id = n.work_id and c.target_vault_id = n.vault_id and c.state = 'copying')`;

export async function findAbandonedBackupCopies(tx: Tx, accountId: string): Promise<AbandonedCopy[]> {
  const rows = await tx.execute<{ pin_no: string; vault_id: string; work_id: string }>(
    sql`select n.pin_no, n.vault_id, n.work_id ${abandonedBackupCopies(accountId)}`,
  );
  return rows.map((row) => ({
    pinNo: Number(row.pin_no),
    vaultId: row.vault_id,
    targetPointId: copiedPointId(row.work_id, row.vault_id),
  }));
}
