'use server';

import { action } from '@/lib/api/action';
import { startRestore } from '@/lib/restores';

export const startRestoreAction = action(startRestore);
