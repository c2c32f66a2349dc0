'use server';

import { action } from '@/lib/api/action';
import {
  addPrincipal,
  addShareVaults,
  cancelInvitation,
  deleteResourceShare,
  removePrincipal,
  removeShareVault,
  renameResourceShare,
} from '@/lib/resource-shares';

export const addPrincipalAction = action(addPrincipal);
export const addShareVaultsAction = action(addShareVaults);
export const cancelInvitationAction = action(cancelInvitation);
export const deleteResourceShareAction = action(deleteResourceShare);
export const removePrincipalAction = action(removePrincipal);
export const removeShareVaultAction = action(removeShareVault);
export const renameResourceShareAction = action(renameResourceShare);
