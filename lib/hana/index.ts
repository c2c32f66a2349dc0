export { hideObjects } from './hide-objects';
export { inquireObjects } from './inquire-objects';
export { startBackintBackup } from './start-backint-backup';
export { startBackintRestore } from './start-backint-restore';
