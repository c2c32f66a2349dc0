import { and, eq, inArray, sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import { backupPoints, pointEvents, vaults } from '@/db/schema';
import { pinnedBytes, releasePin } from '@/lib/engine/index/pins';
import { SideError } from '@/lib/engine/transfer/sides';
import { engineContext } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import { writeAudit } from '@/lib/verb';
import { type ClaimedCopy, type CopiedPointRow, CopyLost, loadOriginal, lockCopy } from './claim';
import { KeyNotShared } from './copy-error';

export interface CopiedBackup {
  spaceNo: number;
  /** What the backup says of its disks, with their secrets sealed under the account's own key. */
  resource: CopiedPointRow['resource'];
}

/**
 * Makes a copied backup visible. Its chunks and its manifest are durable by now. One transaction decides: the share,
 * then the vault, then the copy. Whoever cancels the share or deletes the original comes before, or finds the copy there.
 *
 * @throws `CopyLost` when it is over, `KeyNotShared` when its key was taken back; nothing becomes visible then.
 */
export async function commitCopy(db: Database, claimed: ClaimedCopy, copied: CopiedBackup): Promise<void> {
  const { row, shareId } = claimed;
  await inAccount(
    db,
    row.accountId,
    async (tx) => {
      if (shareId) await holdShare(tx, shareId);
      await lockVaults(tx, claimed);
      await lockCopy(tx, claimed);
      const original = await loadOriginal(tx, claimed);
      if (!original) throw new CopyLost(row.id);
      const addedBytes = await pinnedBytes(tx, claimed.pinNo);
      await insertCopy(tx, claimed, original, { ...copied, addedBytes });
      await releasePin(tx, claimed.pinNo);
      const [finished] = await tx.execute<{ done: boolean }>(
        sql`select finish_backup_copy(${row.id}, ${claimed.pinNo}) as done`,
      );
      if (!finished?.done) throw new CopyLost(row.id);
      await writeAudit(engineContext(db, row.accountId), tx, 'backup_copies.copied', {
        resourceKind: 'backup_point',
        resourceId: row.targetPointId,
        resourceName: row.backupName,
        after: {
          copyId: row.id,
          vaultId: row.targetVaultId,
          originAccountId: original.accountId,
          originPointId: original.id,
          addedBytes,
        },
      });
      await appendEvent(tx, claimed);
    },
    { shareId },
  );
}

async function lockVaults(tx: Tx, { row, shareId }: ClaimedCopy): Promise<void> {
  // Of a share only the target is this account's to lock; a cancellation takes that one too.
  const ids = shareId ? [row.targetVaultId] : [row.targetVaultId, row.sourceVaultId];
  const locked = await tx
    .select({ id: vaults.id, status: vaults.status })
    .from(vaults)
    .where(and(inArray(vaults.id, ids), eq(vaults.accountId, row.accountId)))
    .orderBy(vaults.id)
    .for('no key update');
  const target = locked.find(({ id }) => id === row.targetVaultId);
  if (target?.status === 'created' || target?.status === 'error') return;
  throw new SideError('target', new CrossvaultError('state_conflict', 'The vault takes no backups now.'));
}

async function holdShare(tx: Tx, shareId: string): Promise<void> {
  const [held] = await tx.execute<{ may: boolean }>(sql`select hold_copied_share(${shareId}) as may`);
  if (!held?.may) throw new CopyLost(shareId);
  const [keys] = await tx.execute<{ held: boolean }>(sql`select hold_share_keys(${shareId}) as held`);
  if (!keys?.held) throw new KeyNotShared();
}

/** The copy keeps its original's times and retention, and belongs to no policy of this account. */
async function insertCopy(
  tx: Tx,
  { row, shareId }: ClaimedCopy,
  original: CopiedPointRow,
  { spaceNo, resource, addedBytes }: CopiedBackup & { addedBytes: number },
): Promise<void> {
  const { committedAt: _, archiveAt: __, archiveVaultId: ___, ...kept } = original;
  await tx.insert(backupPoints).values({
    ...kept,
    accountId: row.accountId,
    id: row.targetPointId,
    vaultId: row.targetVaultId,
    spaceNo,
    resource,
    addedBytes,
    shareId: shareId ?? null,
    parentPointId: null,
    policyRunId: null,
    bindingId: null,
    keepsNewest: false,
  });
}

/** Last, because the row it locks is what gives events their order. */
async function appendEvent(tx: Tx, { row }: ClaimedCopy): Promise<void> {
  const [vault] = await tx
    .update(vaults)
    .set({ head: sql`${vaults.head} + 1` })
    .where(and(eq(vaults.id, row.targetVaultId), eq(vaults.accountId, row.accountId)))
    .returning({ head: vaults.head });
  await tx.insert(pointEvents).values({
    accountId: row.accountId,
    vaultId: row.targetVaultId,
    seq: vault!.head,
    kind: 'committed',
    pointId: row.targetPointId,
  });
}
