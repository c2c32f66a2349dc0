import { and, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupShares, jobs, receivedBackupShares, type vaults } from '@/db/schema';
import { type PointRow, toBackupPoints } from '@/lib/backup-points';
import { backupRefusal } from '@/lib/backup-shares/schemas';
import { findRegion } from '@/lib/regions/schemas';
import type { Backup } from './schemas';

export interface JoinedPoint {
  point: PointRow;
  vault: typeof vaults.$inferSelect;
}

export async function toBackups(
  tx: Tx,
  accountId: string,
  rows: JoinedPoint[],
  now: Date,
): Promise<Backup[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ point }) => point.id);
  const points = await toBackupPoints(tx, rows, now);
  const shares = await tx
    .select({ pointId: backupShares.pointId, projectId: backupShares.recipientProjectId })
    .from(backupShares)
    .where(and(inArray(backupShares.pointId, ids), isNotNull(backupShares.slot)));
  const sharers = await findSharers(tx, rows);
  const restoring = await tx
    .select({ pointId: jobs.pointId })
    .from(jobs)
    .where(
      and(
        inArray(jobs.pointId, ids),
        sql`${jobs.kind} = 'restore' and ${jobs.status} in ('queued', 'running')`,
      ),
    );
  return rows.map(({ point, vault }, at) => {
    const openShares = shares.filter(({ pointId }) => pointId === point.id);
    const isVisible = point.status === 'visible';
    const refusal = backupRefusal({
      sourceKind: point.sourceKind,
      isReceived: point.shareId !== null,
      isAvailable: isVisible && vault.status !== 'deleting',
      region: vault.region,
      isSharingOffered: findRegion(vault.region)?.backupSharing ?? false,
      accountId,
      openShares,
    });
    const isRestoring = restoring.some(({ pointId }) => pointId === point.id);
    const { resource } = point;
    return {
      id: point.id,
      name: point.backupName ?? point.sourceName,
      kind: point.sourceKind === 'server' ? 'server' : 'disk',
      state: isVisible ? (isRestoring ? 'restoring' : 'available') : 'deleting',
      source: { id: resource?.id ?? point.sourceId, name: resource?.name ?? point.sourceName },
      sizeBytes: point.dataBytes ?? point.sourceBytes,
      isEncrypted: point.isEncrypted,
      isCrashConsistent: resource?.isCrashConsistent ?? false,
      disks: (resource?.disks ?? []).map(({ name, position, sizeBytes, dataBytes, encryption }) => ({
        name,
        position,
        sizeBytes,
        dataBytes,
        isEncrypted: encryption !== null,
      })),
      sharedBy: sharers.get(point.shareId ?? '') ?? null,
      shareCount: openShares.length,
      shareRefusal: refusal?.message ?? null,
      point: points[at]!,
    };
  });
}

async function findSharers(tx: Tx, rows: JoinedPoint[]) {
  const ids = rows.map(({ point }) => point.shareId).filter((id) => id !== null);
  if (ids.length === 0) return new Map<string, NonNullable<Backup['sharedBy']>>();
  const found = await tx
    .select({
      id: receivedBackupShares.id,
      accountId: receivedBackupShares.sharerAccountId,
      name: receivedBackupShares.sharerName,
    })
    .from(receivedBackupShares)
    .where(inArray(receivedBackupShares.id, ids));
  return new Map(found.map(({ id, accountId, name }) => [id, { accountId, name }]));
}
