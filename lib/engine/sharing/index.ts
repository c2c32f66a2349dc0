export { abandonedBackupCopies, findAbandonedBackupCopies } from './abandoned';
export { BackupCopier } from './backup-copier';
export { copyDueIn, dueCopies } from './claim';
