'use server';

import { action } from '@/lib/api/action';
import { archiveBackupPoint, createDownloadTicket, deleteBackupPoint } from '@/lib/backup-points';

export const createDownloadTicketAction = action(createDownloadTicket);
export const archiveBackupPointAction = action(archiveBackupPoint);
export const deleteBackupPointAction = action(deleteBackupPoint);
