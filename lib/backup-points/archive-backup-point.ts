import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupPoints, vaults } from '@/db/schema';
import { CrossvaultError, notFound } from '@/lib/errors';
import { wakeTickerOf } from '@/lib/ticker';
import { writeVerb } from '@/lib/verb';
import { archiveVaultRefusal, archivingRefusal } from './archive-rules';
import { getPointRow, type JoinedPoint, toBackupPoint } from './internal';
import { ArchiveBackupPoint, type BackupPoint } from './schemas';

/**
 * Asks for a point to be moved to the archive now: into the archive tier of its own vault, or into an archive vault. The
 * engine copies it; until that is done the point stays where it is. Its copy at a replication target goes after the guard
 * days there.
 */
export const archiveBackupPoint = writeVerb({
  action: 'backup_points.archive',
  permission: 'points.archive',
  input: ArchiveBackupPoint,
  async run({ ctx, tx, input: { id, archiveVaultId }, now, audit }): Promise<BackupPoint> {
    const found = await getPointRow(tx, ctx.accountId, id);
    // In the order that commits take: the vault, then its points.
    const [vault] = await tx.select().from(vaults).where(eq(vaults.id, found.vault.id)).for('no key update');
    if (!vault) throw notFound('backup point');
    const refusal = archivingRefusal(vault, found.point, now, archiveVaultId !== null);
    if (refusal) throw refusal;
    if (archiveVaultId) await requireArchiveVault(tx, vault, archiveVaultId);
    const [asked] = await tx
      .update(backupPoints)
      .set({ archiveAt: sql`now()`, archiveVaultId })
      .where(
        and(eq(backupPoints.id, id), eq(backupPoints.status, 'visible'), eq(backupPoints.tier, 'standard')),
      )
      .returning();
    if (!asked) throw notFound('backup point');
    await audit({
      resourceKind: 'backup_point',
      resourceId: id,
      resourceName: found.point.sourceName,
      before: { vaultId: vault.id, tier: 'standard', archiveAt: found.point.archiveAt },
      after: { archiveVaultId: archiveVaultId ?? vault.id, archiveAt: asked.archiveAt },
    });
    await wakeTickerOf(tx, ctx.accountId);
    return toBackupPoint(tx, { point: asked, vault }, asked.archiveAt ?? now);
  },
});

async function requireArchiveVault(tx: Tx, from: JoinedPoint['vault'], id: string): Promise<void> {
  const [to] = await tx
    .select()
    .from(vaults)
    .where(and(eq(vaults.id, id), eq(vaults.accountId, from.accountId)));
  if (!to) throw notFound('vault');
  const refusal = archiveVaultRefusal(from, to);
  if (refusal) {
    throw new CrossvaultError('not_eligible', refusal, {
      reason: 'archive_vault_unfit',
      fields: { archiveVaultId: refusal },
    });
  }
}
