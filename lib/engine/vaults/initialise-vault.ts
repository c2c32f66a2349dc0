import { createHash } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { chunkSpaces, vaultKeys, vaultLineages, vaults } from '@/db/schema';
import type { ObjectStore } from '@/lib/engine/core';
import { createNamingKey, putLineage } from '@/lib/engine/core/lineage';
import type { StorageTier } from '@/lib/engine/core/tier';
import { createVaultHeader } from '@/lib/engine/core/vault-header';
import { addVaultKey } from '@/lib/engine/core/vault-keys';
import { CrossvaultError } from '@/lib/errors';
import { vaultKinds } from '@/lib/vaults/schemas';
import { writeAudit } from '@/lib/verb';
import { engineContext } from './engine-context';
import type { VaultAddress, VaultEnvironment } from './environment';
import type { OpenVault, VaultLineage } from './open-vault';
import { forgetKeys, openKeys } from './opened-keys';
import { recordVaultHealth } from './record-vault-health';
import { loadVaultRow, type VaultRow } from './vault-row';
import { wrappingKeyOf } from './wrapping-key';
import { addZoneRows } from './zone-rows';

/**
 * `initializing` → `created`: header, first key version and, for a vault that takes backups, its lineage and space. Every step
 * may be repeated after a crash. When the storage or the key refuses, the vault goes to `error` with the reason.
 */
export async function initialiseVault(environment: VaultEnvironment, address: VaultAddress): Promise<void> {
  const row = await loadVaultRow(environment, address);
  if (row.hasKeys || row.status === 'deleting') return;
  try {
    await provision(environment, row);
  } catch (error) {
    await recordVaultHealth(environment, row, error);
    throw error;
  }
}

async function provision(environment: VaultEnvironment, row: VaultRow): Promise<void> {
  const wrapping = wrappingKeyOf(row, environment.serviceKey);
  const store = environment.storage.vaultStore(row);
  await createVaultHeader(store, { vaultId: row.id, createdAt: row.createdAt });
  await addVaultKey(store, row.id, 1, wrapping);
  forgetKeys(environment, row.id);
  const { keys } = await openKeys(environment, store, row.id, wrapping);
  const lineages = vaultKinds[row.kind].intake === 'backups' ? [firstLineageId(row.id)] : [];
  for (const lineageId of lineages) await putLineage(store, keys, lineageId, createNamingKey());
  const wrapped = Buffer.from(await store.get('keys/00000001'));
  const sealed = await Promise.all(lineages.map((id) => sealedLineage(store, id)));
  await inAccount(environment.db, row.accountId, async (tx) => {
    const key = { accountId: row.accountId, vaultId: row.id };
    await tx
      .insert(vaultKeys)
      .values({ ...key, version: 1, wrapped, wrappedBy: row.kmsKeyId ?? 'service' })
      .onConflictDoNothing();
    for (const lineage of sealed) {
      await tx
        .insert(vaultLineages)
        .values({ ...key, ...lineage })
        .onConflictDoNothing();
      await tx
        .insert(chunkSpaces)
        .values({ ...key, lineageId: lineage.lineageId })
        .onConflictDoNothing();
    }
    await addZoneRows(tx, row, environment.storage.zonesOf(row));
    const moved = await tx
      .update(vaults)
      .set({ status: 'created', statusReason: null })
      .where(and(eq(vaults.id, row.id), eq(vaults.status, row.status)))
      .returning({ id: vaults.id });
    if (!moved[0])
      throw new CrossvaultError('state_conflict', `The vault ${row.name} has changed its status.`);
    await writeAudit(engineContext(environment.db, row.accountId), tx, 'vaults.initialised', {
      resourceKind: 'vault',
      resourceId: row.id,
      resourceName: row.name,
      before: { status: row.status },
      after: { status: 'created' },
    });
  });
}

/**
 * A space for a lineage of another vault, or of another tier of this one: the same naming key, sealed under the target's
 * own vault key. Repeatable.
 * @returns the lineage as it stands in the target. @throws `state_conflict` when it stands there with another key.
 */
export async function adoptLineage(
  environment: VaultEnvironment,
  target: OpenVault,
  lineage: Pick<VaultLineage, 'lineageId' | 'namingKey'>,
  tier: StorageTier = 'standard',
): Promise<VaultLineage> {
  const { lineageId } = lineage;
  const { store, keys, vaultId, address } = target;
  const known = target.spaces.find((one) => one.lineageId === lineageId && one.tier === tier);
  if (known && Buffer.from(known.namingKey).equals(lineage.namingKey)) return known;
  const namingKey = await putLineage(store, keys, lineageId, lineage.namingKey);
  if (!namingKey.equals(lineage.namingKey)) {
    throw new CrossvaultError('state_conflict', 'The target holds this lineage with another naming key.');
  }
  const row = { accountId: address.accountId, vaultId };
  const sealed = await sealedLineage(store, lineageId);
  const spaceNo = await inAccount(environment.db, address.accountId, async (tx) => {
    await tx
      .insert(vaultLineages)
      .values({ ...row, ...sealed })
      .onConflictDoNothing();
    const [space] = await tx
      .insert(chunkSpaces)
      .values({ ...row, lineageId, tier })
      .onConflictDoUpdate({
        target: [chunkSpaces.vaultId, chunkSpaces.lineageId, chunkSpaces.tier],
        set: { lineageId },
      })
      .returning({ spaceNo: chunkSpaces.spaceNo });
    return space!.spaceNo;
  });
  return { lineageId, namingKey, spaceNo, tier };
}

async function sealedLineage(store: ObjectStore, lineageId: string) {
  return { lineageId, sealedNamingKey: Buffer.from(await store.get(`lineages/${lineageId}`)) };
}

/** The same for each attempt, so that a crash leaves no lineage behind; a UUID of version 8. */
function firstLineageId(vaultId: string): string {
  const bytes = createHash('sha256').update(`crossvault lineage ${vaultId}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
