export { addFileSystem } from './add-file-system';
export { type CheckedFileSystem, checkFileSystems, listRegisteredFileSystems } from './check-file-systems';
export { findMountPlace, requireFileSystem } from './internal';
export { listFileSystems } from './list-file-systems';
export { removeFileSystem } from './remove-file-system';
