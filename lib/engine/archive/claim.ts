import { and, eq, sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import { archivings, backupPoints, pins } from '@/db/schema';
import { openPinIn } from '@/lib/engine/index/pins';
import { replacePin } from '@/lib/engine/transfer/copy-pins';

export type ArchivedPointRow = typeof backupPoints.$inferSelect;

/** A point that this process moves to the archive, until another one takes it over: the pin's number is the fence. */
export interface ClaimedArchiving {
  accountId: string;
  point: ArchivedPointRow;
  /** The point's own vault, or an archive vault. */
  targetVaultId: string;
  pinNo: number;
}

/** Another engine has taken the archiving over, or the point is no longer to be archived: nothing is written. */
export class ArchivingLost extends Error {
  constructor(pointId: string) {
    super(`The archiving of ${pointId} is another engine's, or over.`);
    this.name = 'ArchivingLost';
  }
}

/**
 * Points whose time has come and that nothing holds: an account that is active, a point that no running work reads or
 * builds on, no failure a moment ago. `account-state.ts` asks the same.
 */
export const dueArchivings = (accountId: string) => sql`
  from backup_points p join vaults v on v.id = p.vault_id left join archivings w on w.point_id = p.id
  where p.account_id = ${accountId} and p.status = 'visible' and p.tier = 'standard' and p.archive_at is not null
    and v.kind = 'standard' and v.status in ('created', 'error') and p.expires_at > now()
    and (select a.state = 'active' from accounts a where a.account_id = p.account_id)`;

/** How long an archiving that failed waits: as long as it has been failing, within these bounds. */
export const retrySeconds = { least: 5, most: 300 };
/** How often a point that running work holds is looked at again. */
export const heldSeconds = 30;

/** Until an archiving whose time has come is worth a step, in seconds from now; negative when it is. */
export const archivingDueIn = sql`greatest(
  case when w.last_error is not null then extract(epoch from w.last_step_at - clock_timestamp()) + greatest(
    ${retrySeconds.least}, least(${retrySeconds.most}, extract(epoch from w.last_step_at - w.failing_since))) else -1 end,
  case when exists (select 1 from pins n where n.vault_id = p.vault_id and n.point_id = p.id)
    then ${heldSeconds} else -1 end)`;

/**
 * Takes over the archiving that is under way, or begins the one that has been due longest. The pin is committed before the
 * first look-up; packs that an earlier attempt made durable move to the new pin.
 */
export async function claimArchiving(db: Database, accountId: string): Promise<ClaimedArchiving | null> {
  return inAccount(db, accountId, async (tx) => {
    const [due] = await tx.execute<{ id: string; target: string | null; chosen: string | null }>(sql`
      select p.id, w.target_vault_id as target, p.archive_vault_id as chosen ${dueArchivings(accountId)}
        and p.archive_at <= now() and ${archivingDueIn} <= 0
      order by w.created_at nulls last, p.archive_at, p.id limit 1`);
    if (!due) return null;
    const [point] = await tx.select().from(backupPoints).where(eq(backupPoints.id, due.id)).for('update');
    if (point?.status !== 'visible' || point.tier !== 'standard') return null;
    const targetVaultId = due.target ?? (await targetOf(tx, point));
    // The row before the pin, as in every transaction that takes both.
    await tx
      .insert(archivings)
      .values({ accountId, pointId: point.id, vaultId: point.vaultId, targetVaultId })
      .onConflictDoUpdate({ target: archivings.pointId, set: { pinNo: null } });
    const pinNo = await takePin(tx, accountId, targetVaultId, point.id);
    await tx.update(archivings).set({ pinNo }).where(eq(archivings.pointId, point.id));
    return { accountId, point, targetVaultId, pinNo };
  });
}

/** An archive vault that is gone by now is no reason to keep the point in the standard tier: it goes to its own archive. */
async function targetOf(tx: Tx, { archiveVaultId, vaultId }: ArchivedPointRow): Promise<string> {
  if (!archiveVaultId) return vaultId;
  const [found] = await tx.execute<{ id: string }>(sql`
    select a.id from vaults a join vaults v on v.account_id = a.account_id and v.region = a.region
      and v.encryption = a.encryption
    where a.id = ${archiveVaultId} and v.id = ${vaultId} and a.kind = 'archive' and a.status <> 'deleting'`);
  return found?.id ?? vaultId;
}

async function takePin(tx: Tx, accountId: string, vaultId: string, pointId: string): Promise<number> {
  const [earlier] = await tx
    .select({ pinNo: pins.pinNo })
    .from(pins)
    .where(and(eq(pins.vaultId, vaultId), eq(pins.workKind, 'archive'), eq(pins.workId, pointId)));
  if (earlier) return replacePin(tx, earlier.pinNo, pointId);
  return (await openPinIn(tx, accountId, { vaultId, workKind: 'archive', workId: pointId })).pinNo;
}

/** @throws `ArchivingLost` unless the row and the pin are still this process's; both stay locked. */
export async function lockArchiving(tx: Tx, { point, pinNo }: ClaimedArchiving): Promise<void> {
  const [row] = await tx.select().from(archivings).where(eq(archivings.pointId, point.id)).for('update');
  // Waits for packs that a superseded engine is recording under this pin; later ones find no pin and fail.
  const held = await tx.select().from(pins).where(eq(pins.pinNo, pinNo)).for('update');
  if (row?.pinNo !== pinNo || held.length === 0) throw new ArchivingLost(point.id);
}
