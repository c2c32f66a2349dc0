import { loadVaultHeader } from '@/lib/engine/core/vault-header';
import type { VaultAddress, VaultEnvironment } from './environment';
import { initialiseVault } from './initialise-vault';
import { openVaultRow } from './open-vault';
import { recordVaultHealth } from './record-vault-health';
import { loadVaultRow } from './vault-row';

/**
 * `created` ↔ `error`: looks whether the vault's storage and key answer, and writes down what is wrong or that it is
 * well again. A vault whose initialisation failed is initialised. @returns the reason, or null when all is well.
 */
export async function checkVault(
  environment: VaultEnvironment,
  address: VaultAddress,
): Promise<string | null> {
  const row = await loadVaultRow(environment, address);
  if (row.status === 'deleting' || row.status === 'initializing') return null;
  try {
    if (!row.hasKeys) {
      await initialiseVault(environment, address);
      return null;
    }
    const vault = await openVaultRow(environment, address, row);
    await loadVaultHeader(vault.store);
    await recordVaultHealth(environment, row, null);
    return null;
  } catch (error) {
    return recordVaultHealth(environment, row, error);
  }
}
