import type { EntryMeta } from '../tree/entry';
import { maxXattrBytes } from '../tree/limits';
import { type PosixCalls, posixCalls, type Xattr } from './calls';

/** A path's attributes as the tree keeps them, and why some are left out. */
export interface ReadXattrs {
  xattrs?: EntryMeta['xattrs'];
  lost?: string;
}
export type XattrReader = (path: Uint8Array, device: bigint) => ReadXattrs;

const maxXattrs = 1024;
const none: ReadXattrs = {};

/** What the kernel, or a stacked file system, keeps for itself: of no use anywhere else, or harmful there. */
const privatePrefixes = [
  // The same access lists once more, as XFS keeps them.
  'trusted.SGI_ACL_',
  'trusted.overlay.',
  'user.overlay.',
  'security.ima',
  'security.evm',
  'system.nfs4_acl',
];

/** Null where this system lets nobody read them. Asks a file system that keeps none only once. */
export function createXattrReader(calls: PosixCalls | null = posixCalls): XattrReader | null {
  if (!calls) return null;
  const without = new Set<bigint>();
  return (path, device) => {
    if (without.has(device)) return none;
    const names = calls.listXattrs(path);
    if (names === null) without.add(device);
    return names === null || names.length === 0 ? none : readAll(calls, path, names);
  };
}

function readAll(calls: PosixCalls, path: Uint8Array, names: Buffer[]): ReadXattrs {
  const xattrs: Xattr[] = [];
  let total = 0;
  for (const name of names) {
    if (isPrivate(name)) continue;
    const value = calls.getXattr(path, name);
    if (!value) continue;
    total += name.length + value.length;
    if (total > maxXattrBytes || xattrs.length === maxXattrs)
      return { lost: 'its extended attributes are longer than 64 KiB and were left out' };
    xattrs.push({ name, value });
  }
  if (xattrs.length === 0) return none;
  return { xattrs: xattrs.sort((a, b) => Buffer.compare(a.name, b.name)) };
}

function isPrivate(name: Buffer): boolean {
  const text = name.toString('latin1');
  return privatePrefixes.some((prefix) => text.startsWith(prefix));
}

/**
 * Which attributes a restore sets: a user's own and access lists always, the rest (capabilities, labels, `trusted.`) only
 * together with the owner, since they give rights. What overlay file systems act on is never set.
 */
export function isRestorable(name: Uint8Array, withOwners: boolean): boolean {
  const bytes = Buffer.from(name);
  if (isPrivate(bytes)) return false;
  const text = bytes.toString('latin1');
  return withOwners || text.startsWith('user.') || text.startsWith('system.posix_acl_');
}
