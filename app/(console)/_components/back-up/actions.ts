'use server';

import { action } from '@/lib/api/action';
import { startBackup } from '@/lib/jobs';
import { browseSource } from '@/lib/sources';

export const startBackupAction = action(startBackup);
export const browseSourceAction = action(browseSource);
