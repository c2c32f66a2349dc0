import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '@/lib/engine/core';
import { FolderStore } from '@/lib/engine/core/store/folder-store';
import { CrossvaultError } from '@/lib/errors';

/** Where the vaults of all regions are kept. */
export interface RegionStorage {
  /** The store of one vault; in its region's only zone for now. Nothing is touched until the store is used. */
  vaultStore(region: string, vaultId: string): ObjectStore;
  /** Removes the place of a vault whose objects were all deleted. Repeatable. @throws `storage_unavailable`. */
  removeVaultStore(region: string, vaultId: string): Promise<void>;
}

/** The region's zones; a second one is added here and behind `vaultStore`. */
const zone = 'a';

/** Regions as folders of one machine: `<data>/regions/<region>/<zone>/vaults/<vaultId>`. */
export function folderRegionStorage(dataFolder: string): RegionStorage {
  const stores = new Map<string, ObjectStore>();
  return {
    vaultStore(region, vaultId) {
      const folder = vaultFolder(dataFolder, region, vaultId);
      const store = stores.get(folder) ?? new FolderStore(folder);
      stores.set(folder, store);
      return store;
    },
    async removeVaultStore(region, vaultId) {
      const folder = vaultFolder(dataFolder, region, vaultId);
      stores.delete(folder);
      try {
        await rm(folder, { recursive: true, force: true });
      } catch (cause) {
        throw new CrossvaultError('storage_unavailable', `The folder of the vault ${vaultId} stays.`, {
          cause,
        });
      }
    },
  };
}

/** Where a vault's bytes lie; what `crossvault rescue` is given. */
export function vaultFolder(dataFolder: string, region: string, vaultId: string): string {
  return join(dataFolder, 'regions', region, zone, 'vaults', vaultId);
}
