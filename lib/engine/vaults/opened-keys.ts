import type { ObjectStore } from '@/lib/engine/core';
import { loadLineage } from '@/lib/engine/core/lineage';
import type { WrappingKey } from '@/lib/engine/core/service-key';
import { loadVaultKeys, type VaultKeys } from '@/lib/engine/core/vault-keys';
import type { VaultEnvironment } from './environment';

interface OpenedKeys {
  label: string;
  keys: VaultKeys;
  namingKeys: Map<string, Uint8Array>;
}

/** Opened keys of the vaults in use. They are only handed out after the wrapping key was found enabled. */
const opened = new WeakMap<VaultEnvironment, Map<string, OpenedKeys>>();
const maxVaults = 1000;

function cacheOf(environment: VaultEnvironment): Map<string, OpenedKeys> {
  const cache = opened.get(environment) ?? new Map<string, OpenedKeys>();
  opened.set(environment, cache);
  return cache;
}

/** @throws `key_unavailable`, `not_found` when the store holds no vault, `storage_unavailable`. */
export async function openKeys(
  environment: VaultEnvironment,
  store: ObjectStore,
  vaultId: string,
  wrapping: WrappingKey,
  /** The newest version that the database knows: another process may have added it. */
  version = 0,
): Promise<OpenedKeys> {
  const cache = cacheOf(environment);
  const known = cache.get(vaultId);
  if (known?.label === wrapping.label && known.keys.current.version >= version) return known;
  const keys = await loadVaultKeys(store, vaultId, [wrapping, ...(wrapping.earlier ?? [])]);
  const fresh = { label: wrapping.label, keys, namingKeys: new Map<string, Uint8Array>() };
  if (cache.size >= maxVaults) cache.delete(cache.keys().next().value!);
  cache.set(vaultId, fresh);
  return fresh;
}

export async function openNamingKey(
  store: ObjectStore,
  vault: OpenedKeys,
  lineageId: string,
): Promise<Uint8Array> {
  const known = vault.namingKeys.get(lineageId);
  if (known) return known;
  const namingKey = await loadLineage(store, vault.keys, lineageId);
  vault.namingKeys.set(lineageId, namingKey);
  return namingKey;
}

/** Drops a vault's opened keys; with its deletion, or when a key version was added. */
export function forgetKeys(environment: VaultEnvironment, vaultId: string): void {
  cacheOf(environment).delete(vaultId);
}
