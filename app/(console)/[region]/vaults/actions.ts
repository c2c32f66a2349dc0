'use server';

import { action } from '@/lib/api/action';
import { holdReplicaRemovals, releaseReplicaRemovals } from '@/lib/replica-removals';
import { setRecoveryObjective, startReplication, stopReplication } from '@/lib/replication';
import { createResourceGroup } from '@/lib/resource-groups';
import { shareVault } from '@/lib/resource-shares';
import { rotateVaultKey, startVerification } from '@/lib/storage';
import { createVault, deleteVault, keepTrialVault, lockVault, setVaultTags, updateVault } from '@/lib/vaults';

export const createVaultAction = action(createVault);
export const updateVaultAction = action(updateVault);
export const setVaultTagsAction = action(setVaultTags);
export const lockVaultAction = action(lockVault);
export const deleteVaultAction = action(deleteVault);
export const createResourceGroupAction = action(createResourceGroup);
export const shareVaultAction = action(shareVault);
export const startReplicationAction = action(startReplication);
export const setRecoveryObjectiveAction = action(setRecoveryObjective);
export const stopReplicationAction = action(stopReplication);
export const holdReplicaRemovalsAction = action(holdReplicaRemovals);
export const releaseReplicaRemovalsAction = action(releaseReplicaRemovals);
export const keepTrialVaultAction = action(keepTrialVault);
export const startVerificationAction = action(startVerification);
export const rotateVaultKeyAction = action(rotateVaultKey);
