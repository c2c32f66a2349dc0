import { join } from 'node:path';
import type { ObjectStore } from '@/lib/engine/core';
import { FolderStore } from '@/lib/engine/core/store/folder-store';

/** Where the vaults of all regions are kept. One process asks for the same vault's store many times. */
export interface RegionStorage {
  /** The store of one vault; in its region's only zone for now. Nothing is touched until the store is used. */
  vaultStore(region: string, vaultId: string): ObjectStore;
}

/** Zones of one region, by name. A second zone is added here and behind `vaultStore`. */
const zone = 'a';

/** Regions as folders of one machine: `<data>/regions/<region>/<zone>/vaults/<vaultId>`. */
export function folderRegionStorage(dataFolder: string): RegionStorage {
  return {
    vaultStore: (region, vaultId) => new FolderStore(vaultFolder(dataFolder, region, vaultId)),
  };
}

/** Where a vault's bytes lie; what `crossvault rescue` is given. */
export function vaultFolder(dataFolder: string, region: string, vaultId: string): string {
  return join(dataFolder, 'regions', region, zone, 'vaults', vaultId);
}
