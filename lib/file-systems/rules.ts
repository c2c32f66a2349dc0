import { isSameFileSystem, type MountIdentity } from '@/lib/engine/core/posix/mounts';

export interface RegisteredMount extends MountIdentity {
  id: string;
  accountId: string;
  mountPath: string;
}

/** File systems of the machine itself, and those that hold no files of anybody. */
const refusedTypes = new Set([
  'proc',
  'sysfs',
  'devtmpfs',
  'devpts',
  'cgroup',
  'cgroup2',
  'tmpfs',
  'ramfs',
  'overlay',
  'autofs',
  'securityfs',
  'debugfs',
  'tracefs',
  'bpf',
  'mqueue',
  'hugetlbfs',
]);

/**
 * Why what is mounted at a path is not registered, or null. What is on one file system is of one account: a backup keeps to
 * the file system it began in, and would find another account's files on it otherwise.
 */
export function mountRefusal(
  wanted: { accountId: string; mountPath: string } & MountIdentity,
  registered: readonly RegisteredMount[],
): string | null {
  const { accountId, mountPath, fsType } = wanted;
  if (mountPath === '/') return 'The file system of the machine itself is not registered.';
  if (refusedTypes.has(fsType))
    return `A file system of the type ${fsType} holds files of the machine itself.`;
  for (const other of registered) {
    if (other.mountPath === mountPath)
      return `${mountPath} is registered already, for the account ${other.accountId} (${other.id}).`;
    if (isSameFileSystem(wanted, other))
      return `This file system is registered already, for the account ${other.accountId} (${other.id}).`;
    if (isOtherPart({ ...wanted, accountId }, other))
      return 'Another folder of this file system is registered for another account already.';
  }
  return null;
}

function isOtherPart(a: { accountId: string } & MountIdentity, b: RegisteredMount): boolean {
  return a.accountId !== b.accountId && isSameFileSystem({ ...a, root: '/' }, { ...b, root: '/' });
}
