'use server';

import { action } from '@/lib/api/action';
import { acceptInvitation, leaveShare, rejectInvitation } from '@/lib/resource-shares';

export const acceptInvitationAction = action(acceptInvitation);
export const leaveShareAction = action(leaveShare);
export const rejectInvitationAction = action(rejectInvitation);
