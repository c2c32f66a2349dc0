import { and, eq, inArray, or, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  archivings,
  backupPoints,
  policies,
  policyRuns,
  replicaRemovals,
  replicationPoints,
  replications,
  vaults,
} from '@/db/schema';
import { invariant, notFound } from '@/lib/errors';
import { archivingRefusal } from './archive-rules';
import { deletionRefusal, isLocked, replicatedState } from './rules';
import type { BackupPoint } from './schemas';

export type PointRow = typeof backupPoints.$inferSelect;
export interface JoinedPoint {
  point: PointRow;
  vault: typeof vaults.$inferSelect;
}

/** A visible point of the account with its vault. */
export async function getPointRow(tx: Tx, accountId: string, id: string): Promise<JoinedPoint> {
  const [row] = await tx
    .select({ point: backupPoints, vault: vaults })
    .from(backupPoints)
    .innerJoin(vaults, eq(vaults.id, backupPoints.vaultId))
    .where(
      and(eq(backupPoints.accountId, accountId), eq(backupPoints.id, id), eq(backupPoints.status, 'visible')),
    );
  if (!row) throw notFound('backup point');
  return row;
}

/** Points as the API shows them, with five more queries however many they are. */
export async function toBackupPoints(tx: Tx, rows: JoinedPoint[], now: Date): Promise<BackupPoint[]> {
  if (rows.length === 0) return [];
  const replicationOf = await findReplications(
    tx,
    rows.map((row) => row.vault.id),
  );
  const copies = await tx
    .select()
    .from(replicationPoints)
    .where(
      inArray(
        replicationPoints.sourcePointId,
        rows.map((row) => row.point.id),
      ),
    );
  const policyOf = await findPolicies(
    tx,
    rows.map((row) => row.point.policyRunId),
  );
  const moves = await findMoves(
    tx,
    rows.map((row) => row.point.id),
  );
  return rows.map(({ point, vault }) => {
    const isReplica = vault.kind === 'replication_target';
    const replication = replicationOf.get(vault.id) ?? null;
    const copy = copies.find(
      ({ sourcePointId, replicationId }) => sourcePointId === point.id && replicationId === replication?.id,
    );
    const isReplicating = replication?.state === 'active';
    const refusal = deletionRefusal({ ...vault, isReplicating }, point, now);
    return {
      id: point.id,
      vault: { id: vault.id, name: vault.name, kind: vault.kind, region: vault.region },
      source: { id: point.sourceId, kind: point.sourceKind, name: point.sourceName },
      origin: {
        accountId: point.originAccountId,
        vaultId: point.originVaultId,
        pointId: point.originPointId,
      },
      isReplica,
      follows:
        isReplica && replication
          ? {
              vaultName: replication.sourceVaultName,
              accountName: replication.sourceAccountName,
              isRunning: isReplicating,
            }
          : null,
      paths: point.paths,
      excludes: point.excludes,
      image: point.streamDetails,
      hana: toHanaCall(point.hana),
      sourceBytes: point.sourceBytes,
      addedBytes: point.addedBytes,
      fileCount: point.fileCount,
      folderCount: point.folderCount,
      skippedCount: point.skippedCount,
      retentionDays: point.retentionDays,
      createdAt: point.createdAt.toISOString(),
      expiresAt: point.expiresAt.toISOString(),
      ...toArchiving({ point, vault }, moves, now),
      keepsNewest: point.keepsNewest,
      policy: policyOf.get(point.policyRunId ?? '') ?? null,
      isLocked: isLocked(vault, point, now),
      canDelete: refusal === null,
      deleteRefusal: refusal?.message ?? null,
      replicated: isReplica ? 'not_applicable' : replicatedState(replication, copy ?? null),
    };
  });
}

function toHanaCall(details: PointRow['hana']): BackupPoint['hana'] {
  return details && { user: details.user, level: details.level, backupId: details.backupId };
}

interface Moves {
  archivings: (typeof archivings.$inferSelect)[];
  removals: (typeof replicaRemovals.$inferSelect)[];
}

async function findMoves(tx: Tx, ids: string[]): Promise<Moves> {
  return {
    archivings: await tx.select().from(archivings).where(inArray(archivings.pointId, ids)),
    removals: await tx.select().from(replicaRemovals).where(inArray(replicaRemovals.pointId, ids)),
  };
}

function toArchiving({ point, vault }: JoinedPoint, moves: Moves, now: Date) {
  const isDue = point.tier === 'standard' && point.archiveAt !== null && point.archiveAt <= now;
  const work = moves.archivings.find(({ pointId }) => pointId === point.id);
  const removal = moves.removals.find(({ pointId }) => pointId === point.id);
  const refusal = archivingRefusal(vault, point, now);
  return {
    tier: point.tier,
    archiveAt: point.tier === 'standard' ? (point.archiveAt?.toISOString() ?? null) : null,
    archivedAt: point.archivedAt?.toISOString() ?? null,
    archiving:
      isDue || work
        ? {
            bytesDone: work?.bytesDone ?? 0,
            bytesTotal: work?.bytesTotal ?? 0,
            rateBytesPerSecond: work?.rateBytesPerSecond ?? 0,
            error: work?.lastError ?? null,
          }
        : null,
    canArchive: refusal === null,
    archiveRefusal: refusal?.message ?? null,
    removal: removal
      ? { removeAt: removal.removeAt.toISOString(), heldAt: removal.heldAt?.toISOString() ?? null }
      : null,
  };
}

export async function toBackupPoint(tx: Tx, row: JoinedPoint, now: Date): Promise<BackupPoint> {
  const [point] = await toBackupPoints(tx, [row], now);
  invariant(point, 'one row becomes one point');
  return point;
}

/** By run. A policy's name is the one it had then; the policy itself may be gone. */
async function findPolicies(tx: Tx, runIds: (string | null)[]) {
  const ids = [...new Set(runIds.filter((id) => id !== null))];
  if (ids.length === 0) return new Map<string, NonNullable<BackupPoint['policy']>>();
  const rows = await tx
    .select({ run: policyRuns, policyId: policies.id })
    .from(policyRuns)
    .leftJoin(policies, eq(policies.id, policyRuns.policyId))
    .where(inArray(policyRuns.id, ids));
  return new Map(
    rows.map(({ run, policyId }) => [
      run.id,
      {
        id: run.policyId,
        name: run.policyName,
        ruleName: run.ruleName,
        retentionReason: run.retentionReason,
        isDeleted: policyId === null,
      },
    ]),
  );
}

/** By vault at either end: the running replication, else the one stopped last. */
async function findReplications(tx: Tx, vaultIds: string[]) {
  const ids = [...new Set(vaultIds)];
  const rows = await tx
    .select({
      id: replications.id,
      state: replications.state,
      sourceVaultId: replications.sourceVaultId,
      targetVaultId: replications.targetVaultId,
      sourceVaultName: replications.sourceVaultName,
      sourceAccountName: replications.sourceAccountName,
    })
    .from(replications)
    .where(or(inArray(replications.sourceVaultId, ids), inArray(replications.targetVaultId, ids)))
    .orderBy(sql`${replications.state} = 'active'`, sql`${replications.stoppedAt} nulls first`);
  // The last one written to the map stays, so the order above puts the one to show at the end.
  return new Map(
    rows.flatMap((row) => [[row.sourceVaultId, row] as const, [row.targetVaultId, row] as const]),
  );
}
