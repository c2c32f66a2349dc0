'use server';

import { action } from '@/lib/api/action';
import { browseSource, checkSource, registerSource, removeSource, updateSource } from '@/lib/sources';

export const registerSourceAction = action(registerSource);
export const updateSourceAction = action(updateSource);
export const removeSourceAction = action(removeSource);
export const checkSourceAction = action(checkSource);
export const browseSourceAction = action(browseSource);
