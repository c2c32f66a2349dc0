'use server';

import { action } from '@/lib/api/action';
import { addPrincipal, cancelInvitation, deleteResourceShare } from '@/lib/resource-shares';

export const addPrincipalAction = action(addPrincipal);
export const cancelInvitationAction = action(cancelInvitation);
export const deleteResourceShareAction = action(deleteResourceShare);
