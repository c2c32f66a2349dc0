import { and, eq, isNull, sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { chunkSpaces, vaultKeys, vaultLineages, vaults } from '@/db/schema';
import type { ObjectStore } from '@/lib/engine/core';
import { loadFacts, loadVaultLock } from '@/lib/engine/core/facts';
import { loadLineage } from '@/lib/engine/core/lineage';
import { listPointIds, loadPoint } from '@/lib/engine/core/point-store';
import type { StorageTier } from '@/lib/engine/core/tier';
import { loadVaultKeys, type VaultKeys } from '@/lib/engine/core/vault-keys';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { loadVaultRow } from '@/lib/engine/vaults/vault-row';
import { wrappingKeyOf } from '@/lib/engine/vaults/wrapping-key';
import { indexPacks } from './index-packs';
import { insertPoint } from './insert-point';

export interface RebuildReport {
  packs: number;
  chunks: number;
  points: number;
  /** Objects that could not be read, with the reason; everything else is there. */
  unreadable: { objectName: string; why: string }[];
}

/** A dedup space with the key that its chunks are named under. */
export interface RebuiltSpace {
  lineageId: string;
  tier: StorageTier;
  spaceNo: number;
  namingKey: Uint8Array;
}

/**
 * Makes the index rows of a vault anew from its storage: keys, lineages, packs, chunks, points and lock. What is there
 * already stays as it is, so it may be run again, and on a vault that lost only some of its rows. No engine may work on
 * the vault meanwhile.
 *
 * @param environment with a connection that row-level security does not bind.
 */
export async function rebuildVaultIndex(
  environment: VaultEnvironment,
  address: { accountId: string; vaultId: string },
  onStep: (what: string) => void = () => {},
): Promise<RebuildReport> {
  const { db } = environment;
  const { accountId, vaultId } = address;
  const row = await loadVaultRow(environment, address);
  const store = environment.storage.vaultStore(row);
  const wrapping = wrappingKeyOf(row, environment.serviceKey);
  const keys = await loadVaultKeys(store, vaultId, [wrapping, ...(wrapping.earlier ?? [])]);
  await inAccount(db, accountId, async (tx) => {
    for (const version of keys.versions) {
      await tx
        .insert(vaultKeys)
        .values({
          accountId,
          vaultId,
          version,
          wrapped: Buffer.alloc(0),
          wrappedBy: row.kmsKeyId ?? 'service',
        })
        .onConflictDoNothing();
    }
  });
  const report: RebuildReport = { packs: 0, chunks: 0, points: 0, unreadable: [] };
  const spaces = await rebuildSpaces(environment, address, store, keys);
  onStep(`${spaces.length} spaces`);
  await indexPacks(environment, address, { store, keys, spaces }, report, onStep);
  for await (const pointId of listPointIds(store)) {
    try {
      const manifest = await loadPoint(store, keys, pointId);
      const facts = await loadFacts(store, keys, pointId);
      if (await insertPoint(db, address, manifest, facts, spaces)) report.points++;
    } catch (error) {
      report.unreadable.push({ objectName: `points/${pointId}`, why: (error as Error).message });
    }
  }
  const lockedAt = await loadVaultLock(store, keys);
  if (lockedAt) {
    await db
      .update(vaults)
      .set({ lockedAt, lockRecordedAt: sql`now()` })
      .where(and(eq(vaults.id, vaultId), isNull(vaults.lockedAt)));
  }
  return report;
}

async function rebuildSpaces(
  { db }: VaultEnvironment,
  { accountId, vaultId }: { accountId: string; vaultId: string },
  store: ObjectStore,
  keys: VaultKeys,
): Promise<RebuiltSpace[]> {
  const hasArchive = (await store.list('archive/', { limit: 1 })).objects.length > 0;
  const tiers: StorageTier[] = hasArchive ? ['standard', 'archive'] : ['standard'];
  const spaces: RebuiltSpace[] = [];
  const { objects } = await store.list('lineages/');
  for (const { name } of objects) {
    const lineageId = name.slice('lineages/'.length);
    const namingKey = await loadLineage(store, keys, lineageId);
    const sealedNamingKey = Buffer.from(await store.get(name));
    await inAccount(db, accountId, async (tx) => {
      await tx
        .insert(vaultLineages)
        .values({ accountId, vaultId, lineageId, sealedNamingKey })
        .onConflictDoNothing();
      for (const tier of tiers) {
        const [space] = await tx
          .insert(chunkSpaces)
          .values({ accountId, vaultId, lineageId, tier })
          .onConflictDoUpdate({
            target: [chunkSpaces.vaultId, chunkSpaces.lineageId, chunkSpaces.tier],
            set: { lineageId },
          })
          .returning({ spaceNo: chunkSpaces.spaceNo });
        spaces.push({ lineageId, tier, namingKey, spaceNo: space!.spaceNo });
      }
    });
  }
  return spaces;
}
