import { and, eq, inArray, like, lte, not, sql } from 'drizzle-orm';
import type { Database, Tx } from '@/db/client';
import { archivings, backupCopies, packs, pins, replicationPoints, replications } from '@/db/schema';
import { type ClaimedReplication, inReplication, lockClaimed } from './claim';

/** Work ids of copies that will not be taken up again start with this. */
const abandonedPrefix = 'abandoned/';
export const isAbandoned = like(pins.workId, `${abandonedPrefix}%`);

/**
 * Opens the pin under which a copy records its packs, committed before the copy's first look-up. Packs that an earlier
 * attempt made durable move to the new pin; an engine that was superseded and still records some finds its pin gone.
 */
export async function openCopyPin(
  db: Database,
  claimed: ClaimedReplication,
  sourcePointId: string,
): Promise<number> {
  const { row } = claimed;
  const workId = `${row.id}/${sourcePointId}`;
  return inReplication(db, claimed, async (tx) => {
    await lockClaimed(tx, claimed);
    const [earlier] = await tx
      .select({ pinNo: pins.pinNo })
      .from(pins)
      .where(and(eq(pins.vaultId, row.targetVaultId), eq(pins.workKind, 'copy'), eq(pins.workId, workId)));
    if (earlier) return replacePin(tx, earlier.pinNo, workId);
    const [pin] = await tx
      .insert(pins)
      .values({ accountId: row.accountId, vaultId: row.targetVaultId, workKind: 'copy', workId })
      .returning({ pinNo: pins.pinNo });
    return pin!.pinNo;
  });
}

/** Moves a pin's packs to a pin of a new number. Waits for packs that are being recorded under the old one. */
export async function replacePin(tx: Tx, pinNo: number, workId: string): Promise<number> {
  const [old] = await tx.select().from(pins).where(eq(pins.pinNo, pinNo)).for('update');
  const { pinNo: _, createdAt: __, ...kept } = old!;
  await tx
    .update(pins)
    .set({ workId: `replaced/${pinNo}` })
    .where(eq(pins.pinNo, pinNo));
  const [heir] = await tx
    .insert(pins)
    .values({ ...kept, workId })
    .returning({ pinNo: pins.pinNo });
  await tx.update(packs).set({ pinNo: heir!.pinNo }).where(eq(packs.pinNo, pinNo));
  await tx.delete(pins).where(eq(pins.pinNo, pinNo));
  return heir!.pinNo;
}

/**
 * Ends a copy that will not be finished. Its packs stay pinned: a page among them may lack its subtree, so later copies
 * must not take it for whole, yet they may have come to rely on single chunks. The next collection removes what no point
 * reaches and then ends the pin.
 */
export async function abandonCopy(tx: Tx, pinNo: number): Promise<void> {
  const [pin] = await tx.select().from(pins).where(eq(pins.pinNo, pinNo)).for('update');
  if (!pin || pin.workId.startsWith(abandonedPrefix)) return;
  await replacePin(tx, pinNo, `${abandonedPrefix}${pinNo}`);
}

/**
 * Lets a collection go on that waits for copies into this vault, from another one or into its archive. A copy's decisions live in the memory of the engine that
 * takes its steps, and the caller has the account's lease and has closed them: so the copies get new pins, newer than the
 * condemnation, and new fences. Whoever takes them up decides everything anew.
 */
export async function renewCopyPins(
  tx: Tx,
  vault: { accountId: string; vaultId: string },
  upToPinNo: number,
): Promise<void> {
  await tx
    .update(replications)
    .set({ fence: sql`${replications.fence} + 1` })
    .where(and(eq(replications.accountId, vault.accountId), eq(replications.targetVaultId, vault.vaultId)));
  await tx
    .update(archivings)
    .set({ pinNo: null })
    .where(and(eq(archivings.accountId, vault.accountId), eq(archivings.targetVaultId, vault.vaultId)));
  await tx
    .update(backupCopies)
    .set({ pinNo: null })
    .where(and(eq(backupCopies.accountId, vault.accountId), eq(backupCopies.targetVaultId, vault.vaultId)));
  const old = await tx
    .select({ pinNo: pins.pinNo, workId: pins.workId })
    .from(pins)
    .where(
      and(
        eq(pins.vaultId, vault.vaultId),
        inArray(pins.workKind, ['copy', 'archive', 'backup_copy']),
        lte(pins.pinNo, upToPinNo),
        not(isAbandoned),
      ),
    );
  for (const { pinNo, workId } of old) await replacePin(tx, pinNo, workId);
}

/** A copy that will not be taken up again, with the id its manifest may have been stored under. */
export interface AbandonedCopy {
  pinNo: number;
  vaultId: string;
  targetPointId: string | null;
}

/** Copies whose point has a final state, or whose replication has stopped; the points of the latter get their final state. */
export async function findAbandonedCopies(tx: Tx, accountId: string): Promise<AbandonedCopy[]> {
  const stopped = tx
    .select({ id: replications.id })
    .from(replications)
    .where(and(eq(replications.accountId, accountId), eq(replications.state, 'stopped')));
  await tx
    .update(replicationPoints)
    .set({ state: 'skipped', reason: 'The replication was stopped.', finishedAt: sql`now()` })
    .where(and(eq(replicationPoints.state, 'pending'), inArray(replicationPoints.replicationId, stopped)));
  const rows = await tx.execute<{ pin_no: string; vault_id: string; target_point_id: string | null }>(sql`
    select n.pin_no, n.vault_id, rp.target_point_id
    from pins n
    left join replications r on r.target_vault_id = n.vault_id and r.account_id = n.account_id
    left join replication_points rp on rp.replication_id = r.id and n.work_id = r.id || '/' || rp.source_point_id
    where n.account_id = ${accountId} and n.work_kind = 'copy' and n.work_id not like 'abandoned/%'
      and (r.state is distinct from 'active' or rp.state is distinct from 'pending')`);
  return rows.map((row) => ({
    pinNo: Number(row.pin_no),
    vaultId: row.vault_id,
    targetPointId: row.target_point_id,
  }));
}
