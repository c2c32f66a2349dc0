import { eq, isNotNull } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { kmsKeys, vaults } from '@/db/schema';
import type { WrappingKey } from '@/lib/engine/core/service-key';
import { dropOtherWraps, rewrapVaultKeys } from '@/lib/engine/core/vault-keys';
import { resealSourceSecrets } from '@/lib/sources';
import type { RegionStorage } from './region-storage';
import { resealKeyMaterial } from './wrapping-key';

export interface Rewrapped {
  vaults: number;
  kmsKeys: number;
  secrets: number;
}

/**
 * Puts everything that the service key wraps under its newest key: the keys of vaults with service encryption, and the
 * material of KMS keys. First all is wrapped anew and shown to open under the newest key alone; only then are the
 * earlier wraps removed. Stopped anywhere, it is begun again.
 *
 * @param owner a connection that row-level security does not bind.
 * @throws `key_unavailable`, `storage_unavailable`, with the vault's name; the earlier keys are then still needed.
 */
export async function rewrapEverything(
  owner: Database,
  storage: RegionStorage,
  serviceKey: WrappingKey,
  onStep: (what: string) => void = () => {},
): Promise<Rewrapped> {
  const own = await owner.select().from(vaults).where(eq(vaults.encryption, 'service'));
  const kept = own.filter(({ status }) => status === 'created' || status === 'error');
  for (const vault of kept) {
    onStep(`Wrapping the keys of ${vault.name} (${vault.id})`);
    await rewrapVaultKeys(storage.vaultStore(vault), vault.id, serviceKey);
  }
  const keys = await owner.select().from(kmsKeys).where(isNotNull(kmsKeys.wrappedMaterial));
  for (const key of keys) {
    onStep(`Wrapping the key ${key.alias ?? key.id}`);
    const wrappedMaterial = resealKeyMaterial(serviceKey, { ...key, wrappedMaterial: key.wrappedMaterial! });
    await owner.update(kmsKeys).set({ wrappedMaterial }).where(eq(kmsKeys.id, key.id));
  }
  onStep('Sealing the secrets of data sources');
  const secrets = await resealSourceSecrets(owner, serviceKey);
  for (const vault of kept) await dropOtherWraps(storage.vaultStore(vault), vault.id, serviceKey);
  return { vaults: kept.length, kmsKeys: keys.length, secrets };
}
