'use server';

import { action } from '@/lib/api/action';
import { createKey, destroyKey, setKeyState } from '@/lib/keys';

export const createKeyAction = action(createKey);
export const setKeyStateAction = action(setKeyState);
export const destroyKeyAction = action(destroyKey);
