export type { VaultAddress, VaultEnvironment } from './environment';
export { adoptLineage, checkVault, createKeyMaterial, deleteVault, initialiseVault } from './lifecycle';
export { type OpenVault, openVault, type VaultLineage } from './open-vault';
export { folderRegionStorage, type RegionStorage, vaultFolder } from './region-storage';
