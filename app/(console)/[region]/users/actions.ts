'use server';

import { action } from '@/lib/api/action';
import {
  createUser,
  endUserSessions,
  resetPassword,
  setUserEnabled,
  setUserRole,
  unlockSignIn,
} from '@/lib/users';

export const createUserAction = action(createUser);
export const setUserRoleAction = action(setUserRole);
export const setUserEnabledAction = action(setUserEnabled);
export const resetPasswordAction = action(resetPassword);
export const endUserSessionsAction = action(endUserSessions);
export const unlockSignInAction = action(unlockSignIn);
