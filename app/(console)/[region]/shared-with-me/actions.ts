'use server';

import { action } from '@/lib/api/action';
import { acceptInvitation, rejectInvitation } from '@/lib/resource-shares';

export const acceptInvitationAction = action(acceptInvitation);
export const rejectInvitationAction = action(rejectInvitation);
