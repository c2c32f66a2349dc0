'use server';

import { action } from '@/lib/api/action';
import {
  acceptBackupShare,
  cancelBackupShare,
  rejectBackupShare,
  shareBackup,
  stopCancelRetry,
} from '@/lib/backup-shares';

export const shareBackupAction = action(shareBackup);
export const cancelBackupShareAction = action(cancelBackupShare);
export const stopCancelRetryAction = action(stopCancelRetry);
export const acceptBackupShareAction = action(acceptBackupShare);
export const rejectBackupShareAction = action(rejectBackupShare);
