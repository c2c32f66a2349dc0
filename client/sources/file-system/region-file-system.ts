import { inspectMount, requireSameFileSystem } from '@/lib/engine/core/posix/mounts';
import { CrossvaultError } from '@/lib/errors';
import { createFileSystemAdapter, type FileSystemKindRules } from './adapter';

/** NAS and CPFS: what the operator registered says where it is mounted and what has to be mounted there. */
const rules: FileSystemKindRules = {
  async open({ place }) {
    const { mountPath, fsType, fsSource, fsRoot, fsId = null } = place ?? {};
    if (!mountPath || !fsType || !fsSource || !fsRoot) {
      throw new CrossvaultError('unavailable', 'The operator has not registered this file system.', {
        reason: 'file_system_unknown',
      });
    }
    const mount = await inspectMount(mountPath);
    requireSameFileSystem({ fsType, source: fsSource, root: fsRoot, fsId }, mount);
    return mount;
  },

  targetOf({ work }) {
    const { destination } = work.spec;
    if (destination.kind === 'file_system') return destination.path;
    throw new CrossvaultError('invalid_input', `A file system is not restored to ${destination.kind}.`, {
      reason: 'destination_unsupported',
    });
  },
};

export const nasFileSystem = createFileSystemAdapter(rules);
/** A parallel file system answers several at once. Each thread waits for it most of the time. */
export const cpfsFileSystem = createFileSystemAdapter({ ...rules, threads: 6, filesAtATime: 16 });
