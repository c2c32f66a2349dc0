import { chmodSync, constants, fchmodSync, fchownSync, futimesSync, lchownSync, lutimesSync } from 'node:fs';
import { type PosixCalls, posixCalls } from './posix/calls';
import { isRestorable } from './posix/xattrs';
import type { EntryMeta } from './tree/entry';

/** Ids of names at the destination; null where it knows none. */
export interface OwnerIds {
  userId(name: string): number | null;
  groupId(name: string): number | null;
}

/** What an open file is given, in a form that crosses threads. */
export interface FileAttributes {
  owner: [number, number] | null;
  mode: number;
  mtimeNs: bigint;
  xattrs: { name: Uint8Array; value: Uint8Array }[];
}

/** Setuid and setgid go with the owner they lend. */
const modes = { withOwner: 0o7777, withoutOwner: 0o1777 };

/** Gives what was restored its owner, mode, attributes and time. Owners first: a change of owner takes rights away. */
export class RestoreAttributes {
  constructor(
    private readonly setOwners: boolean,
    private readonly ownerIds?: OwnerIds,
    private readonly calls: PosixCalls | null = posixCalls,
  ) {}

  /** @returns what could not be set. */
  ofFile(fd: number, meta: EntryMeta): Error[] {
    return setFileAttributes(fd, this.wanted(meta), this.calls);
  }

  /** What `ofFile` gives. The copies of names and values are their own, not parts of a page. */
  wanted(meta: EntryMeta): FileAttributes {
    const restorable = this.#restorable(meta);
    return {
      owner: this.setOwners ? this.#owner(meta) : null,
      mode: this.#mode(meta),
      mtimeNs: meta.mtimeNs,
      xattrs: restorable.map(({ name, value }) => ({
        name: Uint8Array.from(name),
        value: Uint8Array.from(value),
      })),
    };
  }

  /** @param path `HeldFolder.self`: it leads to nothing but the folder. */
  ofFolder(path: Buffer, meta: EntryMeta): Error[] {
    if (this.setOwners) lchownSync(path, ...this.#owner(meta));
    chmodSync(path, this.#mode(meta));
    const failures = this.#setXattrs(path, meta);
    this.#setTimes(path, meta);
    return failures;
  }

  /** Modes of links mean nothing. */
  ofLink(path: Buffer, meta: EntryMeta): Error[] {
    if (this.setOwners) lchownSync(path, ...this.#owner(meta));
    const failures = this.#setXattrs(path, meta);
    this.#setTimes(path, meta);
    return failures;
  }

  /** A fifo or a device: made with its mode, which `chmod` could only set by following what stands there. */
  makeNode(path: Buffer, type: keyof typeof nodeTypes, meta: EntryMeta, device = noDevice): Error[] {
    if (!this.calls) throw new Error(`a ${type.replace('_', ' ')} cannot be made on this system`);
    const before = process.umask(0);
    try {
      this.calls.makeNode(path, nodeTypes[type] | this.#mode(meta), device);
    } finally {
      process.umask(before);
    }
    return this.ofLink(path, meta);
  }

  #mode({ mode }: EntryMeta): number {
    return mode & (this.setOwners ? modes.withOwner : modes.withoutOwner);
  }

  #owner({ uid, gid, owner, group }: EntryMeta): [number, number] {
    const user = owner === undefined ? null : this.ownerIds?.userId(owner);
    const members = group === undefined ? null : this.ownerIds?.groupId(group);
    return [user ?? uid, members ?? gid];
  }

  #setTimes(path: Buffer, { mtimeNs }: EntryMeta): void {
    if (this.calls) this.calls.setTimes(path, mtimeNs);
    else lutimesSync(path, ...seconds(mtimeNs));
  }

  #setXattrs(path: Buffer, meta: EntryMeta): Error[] {
    return setXattrs(path, this.#restorable(meta), this.calls);
  }

  #restorable({ xattrs = [] }: EntryMeta): NonNullable<EntryMeta['xattrs']> {
    return xattrs.filter(({ name }) => isRestorable(name, this.setOwners));
  }
}

/** Owner first. @returns what could not be set. */
export function setFileAttributes(
  fd: number,
  { owner, mode, mtimeNs, xattrs }: FileAttributes,
  calls: PosixCalls | null = posixCalls,
): Error[] {
  if (owner) fchownSync(fd, ...owner);
  fchmodSync(fd, mode);
  const failures = setXattrs(fd, xattrs, calls);
  if (calls) calls.setTimes(fd, mtimeNs);
  else futimesSync(fd, ...seconds(mtimeNs));
  return failures;
}

function setXattrs(
  at: Buffer | number,
  wanted: readonly { name: Uint8Array; value: Uint8Array }[],
  calls: PosixCalls | null,
): Error[] {
  if (wanted.length === 0) return [];
  if (!calls) return [new Error('extended attributes cannot be set on this system')];
  const failures: Error[] = [];
  for (const xattr of wanted) {
    try {
      calls.setXattr(at, xattr);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      failures.push(new Error(`the attribute ${Buffer.from(xattr.name)} could not be set (${code})`));
    }
  }
  return failures;
}

export const nodeTypes = {
  fifo: constants.S_IFIFO,
  char_device: constants.S_IFCHR,
  block_device: constants.S_IFBLK,
};
const noDevice = { major: 0, minor: 0 };

/**
 * Node takes seconds as a double and cuts them to microseconds; the half keeps the double's error from losing one. So times
 * are exact to the microsecond where Node alone has to set them.
 */
function seconds(mtimeNs: bigint): [number, number] {
  const value = (Number(mtimeNs / 1000n) + 0.5) / 1e6;
  return [value, value];
}
