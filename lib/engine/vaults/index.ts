export { checkVault } from './check-vault';
export { createKeyMaterial } from './create-key-material';
export { deleteVault } from './delete-vault';
export { engineContext } from './engine-context';
export type { VaultAddress, VaultEnvironment } from './environment';
export { exportKeyMaterial } from './export-key-material';
export { adoptLineage, initialiseVault } from './initialise-vault';
export { type OpenVault, openVault, type VaultLineage } from './open-vault';
export {
  folderRegionStorage,
  folderZone,
  type RegionStorage,
  type VaultPlace,
  vaultFolder,
  type ZonePlace,
  zonedStorage,
} from './region-storage';
export { settleDebt } from './zone-ledger';
export { addZoneRows, compareEveryHours } from './zone-rows';
