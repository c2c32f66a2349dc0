'use server';

import { action } from '@/lib/api/action';
import { checkDestination, startRestore } from '@/lib/restores';

export const startRestoreAction = action(startRestore);
export const checkDestinationAction = action(checkDestination);
