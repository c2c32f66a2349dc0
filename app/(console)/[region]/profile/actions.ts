'use server';

import { action } from '@/lib/api/action';
import { changePassword, endOtherSessions, endSession, updateProfile } from '@/lib/profile';

export const updateProfileAction = action(updateProfile);
export const changePasswordAction = action(changePassword);
export const endSessionAction = action(endSession);
export const endOtherSessionsAction = action(endOtherSessions);
