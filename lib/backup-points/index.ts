export { archiveBackupPoint } from './archive-backup-point';
export { archiveAfterRefusal, leastArchiveDays, leastStandardDays } from './archive-rules';
export { createDownloadTicket } from './create-download-ticket';
export { deleteBackupPoint } from './delete-backup-point';
export { getPointRow, type PointRow, toBackupPoints } from './internal';
export { getBackupPoint, listBackupPoints } from './list-backup-points';
export { listEntries } from './list-entries';
export { type Download, redeemDownloadTicket } from './redeem-download-ticket';
export { searchEntries } from './search-entries';
