import { randomBytes } from 'node:crypto';
import { corrupt } from './bytes';
import { namingKeyBytes } from './names';
import type { ObjectStore } from './store/object-store';
import type { VaultKeys } from './vault-keys';
import { getSealed, putSealed, requireObjectId } from './vault-objects';

const objectName = (lineageId: string) => `lineages/${requireObjectId(lineageId)}`;

export function createNamingKey(): Buffer {
  return randomBytes(namingKeyBytes);
}

/**
 * Keeps a lineage's naming key in the vault, sealed under the vault's own key. A new lineage brings a fresh key, a replica
 * its source's. @returns the key that stands: an earlier one wins.
 */
export async function putLineage(
  store: ObjectStore,
  keys: VaultKeys,
  lineageId: string,
  namingKey: Uint8Array = createNamingKey(),
): Promise<Buffer> {
  await putSealed(store, keys, 'lineage', objectName(lineageId), namingKey);
  return loadLineage(store, keys, lineageId);
}

/** @throws `not_found`, `key_unavailable`, `corrupt_data`. */
export async function loadLineage(store: ObjectStore, keys: VaultKeys, lineageId: string): Promise<Buffer> {
  const namingKey = await getSealed(store, keys, 'lineage', objectName(lineageId));
  if (namingKey.length !== namingKeyBytes)
    throw corrupt(`the lineage ${lineageId} does not hold a naming key`);
  return namingKey;
}
