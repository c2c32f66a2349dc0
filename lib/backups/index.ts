export { getBackup, listBackups } from './list-backups';
