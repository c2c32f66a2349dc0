'use server';

import { action } from '@/lib/api/action';
import { startBackup } from '@/lib/jobs';

export const startBackupAction = action(startBackup);
