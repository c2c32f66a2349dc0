import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupCopies, backupPoints, backupShares, receivedBackupShares, vaults } from '@/db/schema';
import { type CrossvaultError, notFound } from '@/lib/errors';
import { findProject } from '@/lib/projects';
import { findRegion } from '@/lib/regions/schemas';
import { isOpen, isShareRefusal, type ProjectFacts, type SharedBackupFacts, shareError } from './rules';
import type { BackupShare, ReceivedBackupShare, ShareProjectCheck } from './schemas';
import { reasonSentence, waitingSentence } from './sentences';

export type ShareRow = typeof backupShares.$inferSelect;
export type ReceivedRow = typeof receivedBackupShares.$inferSelect;

/** What the rule asks of a backup of the account. @throws `not_found`. */
export async function loadBackupFacts(
  tx: Tx,
  accountId: string,
  pointId: string,
): Promise<SharedBackupFacts> {
  const [row] = await tx
    .select({ point: backupPoints, vault: vaults, isKept: sql<boolean>`is_kept_as_newest(backup_points)` })
    .from(backupPoints)
    .innerJoin(vaults, eq(vaults.id, backupPoints.vaultId))
    .where(and(eq(backupPoints.accountId, accountId), eq(backupPoints.id, pointId)));
  if (!row) throw notFound('backup');
  const { point, vault, isKept } = row;
  const open = await tx
    .select({ projectId: backupShares.recipientProjectId })
    .from(backupShares)
    .where(and(eq(backupShares.pointId, pointId), sql`${backupShares.slot} is not null`));
  const [clock] = await tx.execute<{ is_over: boolean }>(
    sql`select ${point.expiresAt.toISOString()}::timestamptz <= expiry_now() as is_over`,
  );
  return {
    sourceKind: point.sourceKind,
    isReceived: point.shareId !== null,
    isAvailable: point.status === 'visible' && vault.status !== 'deleting' && (!clock!.is_over || isKept),
    region: vault.region,
    isSharingOffered: findRegion(vault.region)?.backupSharing ?? false,
    accountId,
    openShares: open,
  };
}

export interface ProjectOfShare extends ProjectFacts {
  accountName: string;
  keys: ShareProjectCheck['missingKeys'];
}

/** Whom a project id names, and which keys of the backup are not shared with it; null when it names nobody. */
export async function loadProjectFacts(
  tx: Tx,
  pointId: string,
  projectId: string,
): Promise<ProjectOfShare | null> {
  const project = await findProject(tx, projectId);
  if (!project) return null;
  const keys = await tx.execute<{
    key_id: string;
    key_alias: string | null;
    awaited_share_id: string | null;
    awaited_share_name: string | null;
  }>(sql`select * from backup_keys_to_share(${pointId}, ${projectId})`);
  return {
    id: projectId,
    accountId: project.accountId,
    accountName: project.accountName,
    region: project.region,
    isActive: project.isActive,
    missingKeys: keys.map(({ key_id }) => key_id),
    keys: keys.map((key) => ({
      id: key.key_id,
      alias: key.key_alias,
      awaitedShare:
        key.awaited_share_id === null
          ? null
          : { id: key.awaited_share_id, name: key.awaited_share_name ?? '' },
    })),
  };
}

/** A share that this account gave. @throws `not_found`. */
export async function getShareRow(tx: Tx, accountId: string, id: string): Promise<ShareRow> {
  const [row] = await tx
    .select()
    .from(backupShares)
    .where(and(eq(backupShares.accountId, accountId), eq(backupShares.id, id)));
  if (!row) throw shareError(6705);
  return row;
}

/** A share that this account received. @throws `not_found`. */
export async function getReceivedRow(tx: Tx, id: string): Promise<ReceivedRow> {
  const [row] = await tx.select().from(receivedBackupShares).where(eq(receivedBackupShares.id, id));
  if (!row) throw shareError(6705);
  return row;
}

/** The error of a number that one of the database's functions answered with. */
export function refusalOf(number: string): CrossvaultError {
  const known = Number(number);
  return shareError(isShareRefusal(known) ? known : 6708);
}

export async function findHolders(tx: Tx, id: string): Promise<BackupShare['holders']> {
  const rows = await tx.execute<{ image_id: string; image_name: string; created_at: string }>(
    sql`select image_id, image_name, created_at from backup_share_holders(${id})`,
  );
  return rows.map((row) => ({
    imageId: row.image_id,
    imageName: row.image_name,
    createdAt: new Date(row.created_at).toISOString(),
  }));
}

export async function isKeyMissing(
  tx: Tx,
  { id, state }: { id: string; state: BackupShare['state'] },
): Promise<boolean> {
  if (!isOpen(state) || state === 'accepted') return false;
  const [row] = await tx.execute<{ missing: boolean }>(sql`select is_share_key_missing(${id}) as missing`);
  return row?.missing ?? false;
}

function toShared(row: ShareRow | ReceivedRow) {
  return {
    id: row.id,
    region: row.region,
    backup: {
      id: row.pointId,
      name: row.backupName,
      kind: row.sourceKind,
      source: { id: row.sourceId, name: row.sourceName },
      sizeBytes: row.sizeBytes,
      isEncrypted: row.isEncrypted,
      capturedAt: row.capturedAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      retentionDays: row.retentionDays,
    },
    state: row.state,
    stateReason: reasonSentence(row.stateReason),
    createdAt: row.createdAt.toISOString(),
    respondedAt: row.respondedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    endedBy: row.endedBy,
  };
}

export async function toBackupShare(tx: Tx, row: ShareRow): Promise<BackupShare> {
  return {
    ...toShared(row),
    recipient: {
      accountId: row.recipientAccountId,
      name: row.recipientName,
      projectId: row.recipientProjectId,
    },
    createdBy: row.createdBy,
    holders: row.state === 'accepted' ? await findHolders(tx, row.id) : [],
    cancelWanted: row.cancelWantedAt
      ? {
          at: row.cancelWantedAt.toISOString(),
          by: row.cancelWantedBy ?? '',
          triedAt: row.cancelTriedAt?.toISOString() ?? null,
        }
      : null,
    isKeyMissing: await isKeyMissing(tx, row),
  };
}

export async function toReceivedShares(tx: Tx, rows: ReceivedRow[]): Promise<ReceivedBackupShare[]> {
  if (rows.length === 0) return [];
  const copies = await tx
    .select({ copy: backupCopies, vault: { id: vaults.id, name: vaults.name } })
    .from(backupCopies)
    .innerJoin(vaults, eq(vaults.id, backupCopies.targetVaultId))
    .where(
      inArray(
        backupCopies.id,
        rows.map(({ id }) => id),
      ),
    );
  const shown: ReceivedBackupShare[] = [];
  for (const row of rows) {
    const found = copies.find(({ copy }) => copy.id === row.id);
    shown.push({
      ...toShared(row),
      sharer: { accountId: row.sharerAccountId, name: row.sharerName },
      projectId: row.recipientProjectId,
      isKeyMissing: await isKeyMissing(tx, row),
      copy: found
        ? {
            pointId: found.copy.targetPointId,
            vault: found.vault,
            bytesDone: found.copy.bytesDone,
            bytesTotal: found.copy.bytesTotal,
            rateBytesPerSecond: found.copy.rateBytesPerSecond,
            lastProgressAt: found.copy.lastStepAt?.toISOString() ?? null,
            waitingReason: found.copy.waitingReason,
            waitingSentence:
              found.copy.lastError === null && found.copy.waitingReason === null
                ? null
                : waitingSentence(found.copy.waitingReason ?? 'unknown'),
          }
        : null,
    });
  }
  return shown;
}

export const newestFirst = [desc(backupShares.createdAt), desc(backupShares.id)];
