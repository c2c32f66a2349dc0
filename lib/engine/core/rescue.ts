import { CrossvaultError } from '@/lib/errors';
import type { ChunkLocation, ChunkName, PackRef } from './chunk';
import { loadLineage } from './lineage';
import { MemoryIndex } from './memory-index';
import { nameToHex } from './names';
import { openPack, readPackRows } from './pack/pack-reader';
import type { PointManifest } from './point';
import { listPointIds, loadPoint } from './point-store';
import { type RestoreReport, restoreTree } from './restore-tree';
import type { RestoreWriter } from './restore-writer';
import type { WrappingKey } from './service-key';
import type { ObjectStore, StoredObject } from './store/object-store';
import { packPrefixes, storageTiers } from './tier';
import type { ChunkRef } from './tree/entry';
import { TreeReader, type WalkedEntry } from './tree/tree-reader';
import { loadVaultHeader } from './vault-header';
import { loadVaultKeys, type VaultKeys } from './vault-keys';
import { createVaultReader } from './vault-reader';
import type { WorkPool } from './work/pool';

/** A vault opened from its storage and a key alone: no database, no server. */
export interface RescuedVault {
  store: ObjectStore;
  vaultId: string;
  keys: VaultKeys;
}

/** @throws `not_found` when this is no vault, `key_unavailable` for another key. */
export async function openBareVault(
  store: ObjectStore,
  wrapping: readonly WrappingKey[],
): Promise<RescuedVault> {
  const { vaultId } = await loadVaultHeader(store);
  return { store, vaultId, keys: await loadVaultKeys(store, vaultId, wrapping) };
}

/** Something in the vault that could not be read, while the rest can. */
export interface Damage {
  objectName: string;
  error: Error;
}

/** All points, oldest first. Those that cannot be read are reported, not thrown. */
export async function listPoints(
  { store, keys }: RescuedVault,
  onDamage: (damage: Damage) => void,
): Promise<PointManifest[]> {
  const points: PointManifest[] = [];
  for await (const pointId of listPointIds(store)) {
    try {
      points.push(await loadPoint(store, keys, pointId));
    } catch (error) {
      onDamage({ objectName: `points/${pointId}`, error: error as Error });
    }
  }
  return points.sort((a, b) => a.finishedAt.getTime() - b.finishedAt.getTime());
}

/** Rebuilds the index from the packs' tables of contents: two small reads a pack. */
export async function rebuildIndex(
  { store, keys }: RescuedVault,
  onPack: (pack: PackRef) => void,
  onDamage: (damage: Damage) => void,
): Promise<MemoryIndex> {
  const index = new MemoryIndex();
  for await (const { name: objectName, sizeBytes } of listPacks(store)) {
    try {
      const pack = await openPack(store, keys, { objectName, sizeBytes });
      await index.add(pack.ref, await readPackRows(store, pack));
      onPack(pack.ref);
    } catch (error) {
      if (error instanceof CrossvaultError && error.retryable) throw error;
      onDamage({ objectName, error: error as Error });
    }
  }
  return index;
}

/** Of both tiers. A chunk that both hold, because its point has just been archived, is read from the standard tier. */
async function* listPacks(store: ObjectStore): AsyncGenerator<StoredObject> {
  for (const tier of storageTiers) {
    for (let after: string | null = ''; after !== null; ) {
      const page = await store.list(packPrefixes[tier], after ? { after } : {});
      yield* page.objects;
      after = page.next;
    }
  }
}

export interface RescueOptions {
  vault: RescuedVault;
  index: MemoryIndex;
  point: PointManifest;
  writer: RestoreWriter;
  pool?: WorkPool;
  select?(walked: WalkedEntry): boolean;
  onProgress?(report: Readonly<RestoreReport>): void;
}

/** Restores a point from a bare vault. Every chunk's authentication and name are checked. */
export async function rescuePoint(options: RescueOptions): Promise<RestoreReport> {
  const { vault, index, point, writer, pool, select, onProgress } = options;
  const namingKey = await loadLineage(vault.store, vault.keys, point.lineageId);
  const reader = createVaultReader({
    store: vault.store,
    keys: vault.keys,
    namingKey,
    ...(pool && { pool }),
  });
  const locate = (name: ChunkName): ChunkLocation => {
    const location = index.find(name);
    if (!location)
      throw new CrossvaultError('corrupt_data', `The chunk ${nameToHex(name)} is in none of the packs.`);
    return location;
  };
  const tree = new TreeReader(async (name) => reader.read(name, locate(name)));
  const readChunks = async function* (chunks: AsyncIterable<ChunkRef>) {
    const ahead: Promise<Uint8Array>[] = [];
    for await (const { name } of chunks) {
      const bytes = reader.read(name, locate(name));
      bytes.catch(() => {});
      ahead.push(bytes);
      if (ahead.length > 8) yield await ahead.shift()!;
    }
    for (const bytes of ahead) yield await bytes;
  };
  return restoreTree({ tree, root: point.root.root, writer, readChunks, select, onProgress });
}
