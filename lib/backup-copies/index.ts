export { createCopyRule, deleteCopyRule, listBackupCopies, listCopyRules } from './copy-rules';
