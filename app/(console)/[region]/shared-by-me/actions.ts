'use server';

import { action } from '@/lib/api/action';
import {
  addPrincipal,
  addShareKeys,
  addShareVaults,
  cancelInvitation,
  deleteResourceShare,
  removePrincipal,
  removeShareKey,
  removeShareVault,
  renameResourceShare,
  shareKey,
} from '@/lib/resource-shares';

export const addPrincipalAction = action(addPrincipal);
export const addShareKeysAction = action(addShareKeys);
export const addShareVaultsAction = action(addShareVaults);
export const cancelInvitationAction = action(cancelInvitation);
export const deleteResourceShareAction = action(deleteResourceShare);
export const removePrincipalAction = action(removePrincipal);
export const removeShareKeyAction = action(removeShareKey);
export const removeShareVaultAction = action(removeShareVault);
export const renameResourceShareAction = action(renameResourceShare);
export const shareKeyAction = action(shareKey);
