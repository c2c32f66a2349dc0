import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  backupPoints,
  invitations,
  kmsKeys,
  replications,
  resourceGroups,
  resourceShares,
  resourceShareVaults,
  vaults,
} from '@/db/schema';
import { toReplication } from '@/lib/replication';
import type { Replication } from '@/lib/replication/schemas';
import { toCapacity } from './capacity';
import type { Vault } from './schemas';

/** Vaults with their group, key and newest point: what one row of a list needs, but for the other side's rows. */
export function selectVaults(tx: Tx, cursor: SQL<string>) {
  return tx
    .select({
      vault: vaults,
      group: { id: resourceGroups.id, name: resourceGroups.name },
      key: { id: kmsKeys.id, alias: kmsKeys.alias, state: kmsKeys.state },
      newestPointAt: sql<Date | null>`(
        select max(p.created_at) from backup_points p where p.vault_id = vaults.id and p.status = 'visible'
      )`.mapWith(backupPoints.createdAt),
      tags: sql<Vault['tags']>`(
        select coalesce(json_agg(json_build_object('key', t.key, 'value', t.value) order by t.key), '[]')
        from vault_tags t where t.vault_id = vaults.id
      )`,
      cursor,
    })
    .from(vaults)
    .innerJoin(
      resourceGroups,
      and(eq(resourceGroups.accountId, vaults.accountId), eq(resourceGroups.id, vaults.resourceGroupId)),
    )
    .leftJoin(kmsKeys, and(eq(kmsKeys.accountId, vaults.accountId), eq(kmsKeys.id, vaults.kmsKeyId)))
    .$dynamic();
}

export type VaultRow = Awaited<ReturnType<typeof selectVaults>>[number];

/** Completes rows to DTOs with two more queries, however many rows there are. */
export async function toVaults(tx: Tx, rows: VaultRow[], accountId: string, now: Date): Promise<Vault[]> {
  const ids = rows.map((row) => row.vault.id);
  if (ids.length === 0) return [];
  const replicationOf = await findReplications(tx, ids, accountId, now);
  const sharedWith = await findSharedWith(tx, ids, now);
  return rows.map(({ vault, group, key, tags, newestPointAt }) => ({
    id: vault.id,
    kind: vault.kind,
    name: vault.name,
    description: vault.description,
    region: vault.region,
    resourceGroup: group,
    tags,
    encryption: vault.encryption,
    kmsKey: key,
    redundancy: vault.redundancy,
    status: vault.status,
    statusReason: vault.statusReason,
    lockedAt: vault.lockedAt?.toISOString() ?? null,
    trial: toTrial(vault),
    pointCount: vault.pointCount,
    sourceBytes: vault.sourceBytes,
    storedBytes: vault.storedBytes,
    archive: {
      pointCount: vault.archivePointCount,
      sourceBytes: vault.archiveSourceBytes,
      storedBytes: vault.archiveStoredBytes,
    },
    guard:
      vault.kind === 'replication_target'
        ? {
            days: vault.guardDays,
            heldAt: vault.removalsHeldAt?.toISOString() ?? null,
            heldBy: vault.removalsHeldBy,
          }
        : null,
    capacity: toCapacity(vault),
    newestPointAt: newestPointAt?.toISOString() ?? null,
    replication: replicationOf.get(vault.id) ?? null,
    sharedWith: sharedWith.get(vault.id) ?? [],
    createdAt: vault.createdAt.toISOString(),
  }));
}

function toTrial({ trialEndsAt, trialReleasesAt, isKeptAfterTrial }: VaultRow['vault']): Vault['trial'] {
  if (!trialEndsAt || !trialReleasesAt) return null;
  return {
    endsAt: trialEndsAt.toISOString(),
    releasesAt: trialReleasesAt.toISOString(),
    isKept: isKeptAfterTrial,
  };
}

/** By vault: the active replication at either end, else the one stopped last. */
async function findReplications(
  tx: Tx,
  ids: string[],
  accountId: string,
  now: Date,
): Promise<Map<string, Replication>> {
  const rows = await tx
    .select()
    .from(replications)
    .where(or(inArray(replications.sourceVaultId, ids), inArray(replications.targetVaultId, ids)))
    .orderBy(sql`${replications.state} = 'active'`, sql`${replications.stoppedAt} nulls first`);
  // The last one written to the map stays, so the order above puts the one to show at the end.
  const found = new Map<string, Replication>();
  for (const row of rows) {
    const replication = toReplication(row, accountId, now);
    found.set(row.sourceVaultId, replication);
    found.set(row.targetVaultId, replication);
  }
  return found;
}

async function findSharedWith(tx: Tx, ids: string[], now: Date): Promise<Map<string, Vault['sharedWith']>> {
  const rows = await tx
    .select({
      vaultId: resourceShareVaults.vaultId,
      accountId: invitations.recipientAccountId,
      status: invitations.status,
    })
    .from(resourceShareVaults)
    .innerJoin(resourceShares, eq(resourceShares.id, resourceShareVaults.shareId))
    .innerJoin(invitations, eq(invitations.shareId, resourceShares.id))
    .where(
      and(
        inArray(resourceShareVaults.vaultId, ids),
        eq(resourceShares.status, 'active'),
        or(
          eq(invitations.status, 'accepted'),
          and(
            eq(invitations.status, 'pending'),
            sql`${invitations.expiresAt} > ${now.toISOString()}::timestamptz`,
          ),
        ),
      ),
    )
    .orderBy(resourceShareVaults.vaultId, invitations.recipientAccountId, invitations.status);
  const shared = new Map<string, Vault['sharedWith']>();
  for (const { vaultId, accountId, status } of rows) {
    const accounts = shared.get(vaultId) ?? [];
    // Two shares may reach one account; `accepted` sorts first and is what counts.
    if (accounts.at(-1)?.accountId !== accountId)
      accounts.push({ accountId, status: status as 'pending' | 'accepted' });
    shared.set(vaultId, accounts);
  }
  return shared;
}
