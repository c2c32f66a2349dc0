import { and, eq, inArray, max, min, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupPoints, jobs, replications, resourceShares, resourceShareVaults, vaults } from '@/db/schema';
import { estimateStorageCostForDays, loadCurrentPriceList } from '@/lib/billing';
import { notFound } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { rehearseLock } from './rehearse-lock';
import { type DeletionPlan, GetVault, type LockRehearsal } from './schemas';

async function getRow(tx: Tx, id: string) {
  const [vault] = await tx.select().from(vaults).where(eq(vaults.id, id));
  if (!vault) throw notFound('vault');
  return vault;
}

/** Everything that goes with a vault, before anything is done. */
export const getDeletionPlan = readVerb({
  action: 'vaults.get_deletion_plan',
  permission: 'vaults.read',
  input: GetVault,
  async run({ ctx, tx, input }): Promise<DeletionPlan> {
    const vault = await getRow(tx, input.id);
    const isHere = and(eq(backupPoints.vaultId, vault.id), eq(backupPoints.status, 'visible'));
    const [points] = await tx
      .select({
        oldestAt: min(backupPoints.createdAt),
        newestAt: max(backupPoints.createdAt),
        lastExpiresAt: max(backupPoints.expiresAt),
      })
      .from(backupPoints)
      .where(isHere);
    const shares = await tx
      .select({ id: resourceShares.id, name: resourceShares.name })
      .from(resourceShareVaults)
      .innerJoin(resourceShares, eq(resourceShares.id, resourceShareVaults.shareId))
      .where(and(eq(resourceShareVaults.vaultId, vault.id), eq(resourceShares.status, 'active')))
      .orderBy(resourceShares.name);
    const running = await tx
      .select({ id: jobs.id, kind: jobs.kind, createdAt: jobs.createdAt })
      .from(jobs)
      .where(and(eq(jobs.vaultId, vault.id), inArray(jobs.status, ['queued', 'running'])))
      .orderBy(jobs.createdAt);
    const history = await tx
      .select()
      .from(replications)
      .where(sql`${vault.id} in (${replications.sourceVaultId}, ${replications.targetVaultId})`)
      .orderBy(replications.createdAt);
    const iso = (at: Date | null | undefined) => at?.toISOString() ?? null;
    return {
      points: vault.pointCount,
      sourceBytes: vault.sourceBytes,
      storedBytes: vault.storedBytes,
      oldestAt: iso(points?.oldestAt),
      newestAt: iso(points?.newestAt),
      lastExpiresAt: iso(points?.lastExpiresAt),
      shares,
      jobs: running.map((job) => ({ ...job, createdAt: job.createdAt.toISOString() })),
      replications: history.map((row) => ({
        id: row.id,
        state: row.state,
        // The row belongs to the target: it goes with that vault, and stays when a source goes.
        goesWithVault: row.targetVaultId === vault.id,
        partnerAccountName: row.accountId === ctx.accountId ? row.sourceAccountName : row.targetAccountName,
        partnerVaultName: row.targetVaultId === vault.id ? row.sourceVaultName : row.targetVaultName,
        createdAt: row.createdAt.toISOString(),
        stoppedAt: iso(row.stoppedAt),
      })),
    };
  },
});

/** A lock, rehearsed over the vault as it is. */
export const getLockRehearsal = readVerb({
  action: 'vaults.rehearse_lock',
  permission: 'vaults.read',
  input: GetVault,
  async run({ tx, input, now }): Promise<LockRehearsal> {
    const vault = await getRow(tx, input.id);
    const points = await tx
      .select({
        sourceBytes: backupPoints.sourceBytes,
        addedBytes: backupPoints.addedBytes,
        expiresAt: backupPoints.expiresAt,
        isShared: sql<boolean>`${backupPoints.shareId} is not null`,
      })
      .from(backupPoints)
      .where(and(eq(backupPoints.vaultId, vault.id), eq(backupPoints.status, 'visible')));
    const prices = await loadCurrentPriceList(tx);
    const { kind, region } = vault;
    const [key] = vault.kmsKeyId
      ? await tx.execute<{ name: string }>(
          sql`select coalesce(alias, id) as name from kms_keys where id = ${vault.kmsKeyId}`,
        )
      : [];
    return rehearseLock(
      { storedBytes: vault.storedBytes, kmsKeyName: key?.name ?? null },
      points,
      now,
      (storedBytes, days) =>
        estimateStorageCostForDays(prices, { storedBytes, kind, tier: 'standard', region }, days),
    );
  },
});
