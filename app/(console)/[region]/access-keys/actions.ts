'use server';

import { createAccessKey, revokeAccessKey } from '@/lib/accounts';
import { action } from '@/lib/api/action';

export const createAccessKeyAction = action(createAccessKey);
export const revokeAccessKeyAction = action(revokeAccessKey);
