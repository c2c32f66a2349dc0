export { getVaultStorage } from './get-vault-storage';
export { listRegionStorage } from './list-region-storage';
export { rotateVaultKey } from './rotate-vault-key';
export { startVerification } from './start-verification';
