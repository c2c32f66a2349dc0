import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { loadNative, type Native } from './load-native';

export interface Xattr {
  name: Buffer;
  value: Buffer;
}

/** Calls that Node lacks. None of them follows a link in the last place of a path; a number is an open file. */
export interface PosixCalls {
  /** Names of extended attributes, POSIX ACLs among them. Null where the file system keeps none. */
  listXattrs(path: Uint8Array): Buffer[] | null;
  /** Null when it is gone, or longer than the kernel lets attributes be. */
  getXattr(path: Uint8Array, name: Uint8Array): Buffer | null;
  setXattr(at: Uint8Array | number, xattr: { name: Uint8Array; value: Uint8Array }): void;
  /** Access and modification time, to the nanosecond. */
  setTimes(at: Uint8Array | number, timeNs: bigint): void;
  makeNode(path: Uint8Array, mode: number, device: { major: number; minor: number }): void;
  /** Where data, or a hole, begins at or after an offset. Null: nowhere before the end. */
  findData(fd: number, from: number): number | null;
  findHole(fd: number, from: number): number | null;
  /** What a file system says tells it from others, in hex; null for one that says nothing, as NFS does. */
  fileSystemId(path: Uint8Array): string | null;
}

const { EOPNOTSUPP, ENODATA, ERANGE, ENXIO, EPERM, EACCES, ENOENT } = constants.errno;
const atFdcwd = -100;
const atSymlinkNofollow = 0x100;
const seekData = 3;
const seekHole = 4;
/** Of `f_fsid` in 64-bit Linux's `struct statfs`. */
const fsidAt = 56;
const maxListBytes = 64 * 1024;
const second = 1_000_000_000n;

/** Null where this system offers none: see `loadNative`. */
export const posixCalls: PosixCalls | null = createCalls(loadNative());

function createCalls(native: Native | null): PosixCalls | null {
  if (!native) return null;
  const libc = native.load(null);
  const llistxattr = libc.func('int64_t llistxattr(void *path, void *list, size_t size)');
  const lgetxattr = libc.func('int64_t lgetxattr(void *path, void *name, void *value, size_t size)');
  const lsetxattr = libc.func('int lsetxattr(void *path, void *name, void *value, size_t size, int flags)');
  const fsetxattr = libc.func('int fsetxattr(int fd, void *name, void *value, size_t size, int flags)');
  const utimensat = libc.func('int utimensat(int fd, void *path, void *times, int flags)');
  const futimens = libc.func('int futimens(int fd, void *times)');
  const mknod = libc.func('int mknod(void *path, uint32_t mode, uint64_t device)');
  const statfs = libc.func('int statfs(void *path, void *about)');
  const lseek = libc.func('int64_t lseek(int fd, int64_t offset, int whence)');
  const fail = (syscall: string): never => {
    const code = getSystemErrorName(-native.errno());
    throw Object.assign(new Error(`${code}, ${syscall}`), { code, syscall });
  };
  const list = Buffer.allocUnsafe(maxListBytes);
  const value = Buffer.allocUnsafe(maxListBytes);
  const seek = (whence: number) => (fd: number, from: number) => {
    const at = Number(lseek(fd, from, whence));
    if (at >= 0) return at;
    return native.errno() === ENXIO ? null : fail('lseek');
  };
  return {
    listXattrs: (path) => {
      const length = Number(llistxattr(zeroEnded(path), list, maxListBytes));
      if (length >= 0) return splitNames(list.subarray(0, length));
      if (native.errno() === EOPNOTSUPP) return null;
      return [EPERM, EACCES, ENOENT].includes(native.errno()) ? [] : fail('listxattr');
    },
    getXattr: (path, name) => {
      const length = Number(lgetxattr(zeroEnded(path), zeroEnded(name), value, maxListBytes));
      if (length >= 0) return Buffer.from(value.subarray(0, length));
      return [ENODATA, EOPNOTSUPP, ERANGE, EPERM, EACCES, ENOENT].includes(native.errno())
        ? null
        : fail('getxattr');
    },
    setXattr: (at, xattr) => {
      const [name, { length }] = [zeroEnded(xattr.name), xattr.value];
      const result =
        typeof at === 'number'
          ? fsetxattr(at, name, xattr.value, length, 0)
          : lsetxattr(zeroEnded(at), name, xattr.value, length, 0);
      if (result !== 0) fail('setxattr');
    },
    setTimes: (at, timeNs) => {
      const times = Buffer.alloc(32);
      for (const offset of [0, 16]) {
        times.writeBigInt64LE(floorDivide(timeNs, second), offset);
        times.writeBigInt64LE(((timeNs % second) + second) % second, offset + 8);
      }
      const result =
        typeof at === 'number'
          ? futimens(at, times)
          : utimensat(atFdcwd, zeroEnded(at), times, atSymlinkNofollow);
      if (result !== 0) fail('utimensat');
    },
    makeNode: (path, mode, device) => {
      if (mknod(zeroEnded(path), mode, joinDevice(device)) !== 0) fail('mknod');
    },
    findData: seek(seekData),
    findHole: seek(seekHole),
    fileSystemId: (path) => {
      const about = Buffer.alloc(256);
      if (statfs(zeroEnded(path), about) !== 0) fail('statfs');
      const id = about.subarray(fsidAt, fsidAt + 8);
      return id.every((byte) => byte === 0) ? null : id.toString('hex');
    },
  };
}

function zeroEnded(text: Uint8Array): Buffer {
  const ended = Buffer.allocUnsafe(text.length + 1);
  ended.set(text);
  ended[text.length] = 0;
  return ended;
}

function splitNames(list: Buffer): Buffer[] {
  const names: Buffer[] = [];
  for (let at = 0; at < list.length; ) {
    const end = list.indexOf(0, at);
    names.push(Buffer.from(list.subarray(at, end)));
    at = end + 1;
  }
  return names;
}

function floorDivide(value: bigint, by: bigint): bigint {
  return value >= 0n ? value / by : -((-value + by - 1n) / by);
}

/** Linux's encoding of a 64-bit device number. */
function joinDevice({ major, minor }: { major: number; minor: number }): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return ((high & 0xfffn) << 8n) | ((high & ~0xfffn) << 32n) | (low & 0xffn) | ((low & ~0xffn) << 12n);
}
