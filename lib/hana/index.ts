export { getHanaInstance } from './get-hana-instance';
export { hideObjects } from './hide-objects';
export { inquireObjects } from './inquire-objects';
export { prepareRecovery } from './prepare-recovery';
export { requireRecovery } from './require-recovery';
export { startBackintBackup } from './start-backint-backup';
export { startBackintRestore } from './start-backint-restore';
