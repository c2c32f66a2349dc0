'use server';

import { action } from '@/lib/api/action';
import { createKeyGrant, retireKeyGrant } from '@/lib/key-grants';
import { cancelKeyDeletion, createKey, scheduleKeyDeletion, setKeyState, updateKey } from '@/lib/keys';

export const createKeyAction = action(createKey);
export const updateKeyAction = action(updateKey);
export const setKeyStateAction = action(setKeyState);
export const scheduleKeyDeletionAction = action(scheduleKeyDeletion);
export const cancelKeyDeletionAction = action(cancelKeyDeletion);
export const createKeyGrantAction = action(createKeyGrant);
export const retireKeyGrantAction = action(retireKeyGrant);
