export { acceptBackupShare, listVaultCandidates, rejectBackupShare } from './answer-backup-share';
export { cancelBackupShare, stopCancelRetry } from './cancel-backup-share';
export { foreseeKeyLoss, tellingKeyLoss } from './key-loss';
export { listBackupShares, listReceivedBackupShares } from './list-backup-shares';
export { checkShareProject, getShareRefusal, shareBackup } from './share-backup';
