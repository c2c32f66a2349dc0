import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '@/db/client';
import type { ObjectStore } from '@/lib/engine/core';
import { FolderStore } from '@/lib/engine/core/store/folder-store';
import { ZoneStore } from '@/lib/engine/core/store/zone-store';
import { CrossvaultError } from '@/lib/errors';
import { DatabaseLedger } from './zone-ledger';

/** Which vault a store is for. */
export interface VaultPlace {
  accountId: string;
  id: string;
  region: string;
  redundancy: 'LRS' | 'ZRS';
}

/** One zone of a region, as a place for vaults. */
export interface ZonePlace {
  id: string;
  /** The objects of one vault in this zone alone. Nothing is touched until the store is used. */
  vaultStore(vaultId: string): ObjectStore;
  /** Removes the place of a vault whose objects were all deleted. Repeatable. @throws `storage_unavailable`. */
  removeVault(vaultId: string): Promise<void>;
}

/** Where the vaults of all regions are kept. */
export interface RegionStorage {
  /** The store of one vault, over all zones of its region when it is zone-redundant. */
  vaultStore(vault: VaultPlace): ObjectStore;
  /** The zones that a vault is kept in, in their order. @throws `storage_unavailable` for a region without zones. */
  zonesOf(vault: Pick<VaultPlace, 'region' | 'redundancy'>): readonly ZonePlace[];
  /** All zones of a region; none for a region that the operator does not offer any more. */
  zonesIn(region: string): readonly ZonePlace[];
}

/** Storage over the zones that `zonesIn` names. Zones that fall behind are written down in the database. */
export function zonedStorage(db: Database, zonesIn: (region: string) => readonly ZonePlace[]): RegionStorage {
  const stores = new Map<string, ObjectStore>();
  const zonesOf: RegionStorage['zonesOf'] = ({ region, redundancy }) => {
    const zones = zonesIn(region);
    if (zones.length === 0) {
      throw new CrossvaultError(
        'storage_unavailable',
        `The region ${region} has no storage. The operator has to name its zones in the regions file.`,
        { reason: 'region_without_storage' },
      );
    }
    return redundancy === 'ZRS' ? zones : zones.slice(0, 1);
  };
  return {
    zonesIn,
    zonesOf,
    vaultStore(vault) {
      const zones = zonesOf(vault);
      const id = `${vault.id} ${zones.map((zone) => zone.id).join(' ')}`;
      const known = stores.get(id);
      if (known) return known;
      const open = zones.map((zone) => ({ id: zone.id, store: zone.vaultStore(vault.id) }));
      const store = open.length === 1 ? open[0]!.store : new ZoneStore(open, new DatabaseLedger(db, vault));
      stores.set(id, store);
      return store;
    },
  };
}

/** Regions of one zone each, as folders of one machine: `<data>/regions/<region>/a/vaults/<vaultId>`. */
export function folderRegionStorage(dataFolder: string): RegionStorage {
  const zones = new Map<string, ZonePlace[]>();
  const zonesIn = (region: string) => {
    const known = zones.get(region) ?? [folderZone('a', join(dataFolder, 'regions', region, 'a'))];
    zones.set(region, known);
    return known;
  };
  // One zone falls behind nobody: nothing is ever written down.
  return zonedStorage(null as never, zonesIn);
}

/** A folder as a zone: vaults lie in `<folder>/vaults/<vaultId>`. */
export function folderZone(
  id: string,
  folder: string,
  guard: (store: ObjectStore) => ObjectStore = (store) => store,
): ZonePlace {
  const stores = new Map<string, ObjectStore>();
  const folderOf = (vaultId: string) => join(folder, 'vaults', vaultId);
  return {
    id,
    vaultStore(vaultId) {
      const store = stores.get(vaultId) ?? guard(new FolderStore(folderOf(vaultId)));
      stores.set(vaultId, store);
      return store;
    },
    async removeVault(vaultId) {
      stores.delete(vaultId);
      try {
        await rm(folderOf(vaultId), { recursive: true, force: true });
      } catch (cause) {
        throw new CrossvaultError('storage_unavailable', `The folder of the vault ${vaultId} stays.`, {
          cause,
        });
      }
    },
  };
}

/** Where a vault's bytes lie in the first zone of a built-in region; what `crossvault rescue` is given. */
export function vaultFolder(dataFolder: string, region: string, vaultId: string, zone = 'a'): string {
  return join(dataFolder, 'regions', region, zone, 'vaults', vaultId);
}
