'use server';

import { action } from '@/lib/api/action';
import { createDownloadTicket, deleteBackupPoint } from '@/lib/backup-points';

export const createDownloadTicketAction = action(createDownloadTicket);
export const deleteBackupPointAction = action(deleteBackupPoint);
