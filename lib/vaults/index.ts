export { createVault } from './create-vault';
export { deleteVault } from './delete-vault';
export { getVault } from './get-vault';
export { listQuotas } from './list-quotas';
export { listVaults } from './list-vaults';
export { lockVault } from './lock-vault';
export { getDeletionPlan, getLockRehearsal } from './plan-deeds';
export { setVaultTags } from './set-vault-tags';
export { updateVault } from './update-vault';
