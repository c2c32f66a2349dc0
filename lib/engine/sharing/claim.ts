import { and, eq, sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import { backupCopies, backupPoints, pins } from '@/db/schema';
import { openPinIn } from '@/lib/engine/index/pins';
import { replacePin } from '@/lib/engine/transfer/copy-pins';

export type CopyRow = typeof backupCopies.$inferSelect;
export type CopiedPointRow = typeof backupPoints.$inferSelect;

/** A copy that this process works on, until another one takes it over: the pin's number is the fence. */
export interface ClaimedCopy {
  row: CopyRow;
  pinNo: number;
  /** Of a share: what lets the engine read the sharer's backup. */
  shareId: string | undefined;
}

/** Another engine has taken the copy over, or it is over: nothing becomes visible. */
export class CopyLost extends Error {
  constructor(copyId: string) {
    super(`The copy ${copyId} is another engine's, or over.`);
    this.name = 'CopyLost';
  }
}

/** How long a copy that failed waits: as long as it has been failing, within these bounds. */
const retrySeconds = { least: 5, most: 300 };

/** Copies of an active account into vaults that may take them. `account-state.ts` asks the same. */
export const dueCopies = (accountId: string) => sql`
  from backup_copies c join vaults t on t.id = c.target_vault_id
  where c.account_id = ${accountId} and c.state = 'copying' and t.status in ('created', 'error')
    and (select a.state = 'active' from accounts a where a.account_id = c.account_id)`;

/** Until a copy is worth a step, in seconds from now; negative when it is. What waits for a key goes on with the grant. */
export const copyDueIn = sql`case
  when c.waiting_reason = 'key_not_shared' and not is_share_key_missing(c.id) then -1
  when c.last_error is not null then extract(epoch from c.last_step_at - clock_timestamp()) + greatest(
    ${retrySeconds.least}, least(${retrySeconds.most}, extract(epoch from c.last_step_at - c.failing_since)))
  else -1 end`;

/** Takes over the copy that has waited longest. Packs that an earlier attempt made durable move to the new pin. */
export async function claimCopy(db: Database, accountId: string): Promise<ClaimedCopy | null> {
  return inAccount(db, accountId, async (tx) => {
    const [due] = await tx.execute<{ id: string }>(sql`
      select c.id ${dueCopies(accountId)} and ${copyDueIn} <= 0 order by c.created_at, c.id limit 1`);
    if (!due) return null;
    const [row] = await tx.select().from(backupCopies).where(eq(backupCopies.id, due.id)).for('update');
    if (row?.state !== 'copying') return null;
    const pinNo = await takePin(tx, row);
    await tx.update(backupCopies).set({ pinNo }).where(eq(backupCopies.id, row.id));
    return { row: { ...row, pinNo }, pinNo, shareId: row.kind === 'share' ? row.id : undefined };
  });
}

async function takePin(tx: Tx, { accountId, targetVaultId: vaultId, id: workId }: CopyRow): Promise<number> {
  const [earlier] = await tx
    .select({ pinNo: pins.pinNo })
    .from(pins)
    .where(and(eq(pins.vaultId, vaultId), eq(pins.workKind, 'backup_copy'), eq(pins.workId, workId)));
  if (earlier) return replacePin(tx, earlier.pinNo, workId);
  return (await openPinIn(tx, accountId, { vaultId, workKind: 'backup_copy', workId })).pinNo;
}

/** @throws `CopyLost` unless the row and the pin are still this process's; both stay locked. */
export async function lockCopy(tx: Tx, { row, pinNo }: ClaimedCopy): Promise<CopyRow> {
  const [locked] = await tx.select().from(backupCopies).where(eq(backupCopies.id, row.id)).for('update');
  // Waits for packs that a superseded engine is recording under this pin; later ones find no pin and fail.
  const held = await tx.select().from(pins).where(eq(pins.pinNo, pinNo)).for('update');
  if (locked?.state !== 'copying' || locked.pinNo !== pinNo || held.length === 0) throw new CopyLost(row.id);
  return locked;
}

/** The original, while it may be copied; null once it is gone or no longer shared. */
export async function loadOriginal(tx: Tx, { row }: ClaimedCopy): Promise<CopiedPointRow | null> {
  const [point] = await tx.select().from(backupPoints).where(eq(backupPoints.id, row.sourcePointId));
  return point?.status === 'visible' && point.vaultId === row.sourceVaultId ? point : null;
}
