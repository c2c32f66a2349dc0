export { describeBlockBackup } from './describe-backup';
export { findDisksPlace } from './find-place';
