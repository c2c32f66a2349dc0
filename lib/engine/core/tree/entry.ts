import type { ChunkName } from '../chunk';

/** Everything under a folder, itself excluded. Sizes are the files' own sizes, before deduplication. */
export interface TreeTotals {
  files: number;
  dirs: number;
  bytes: number;
}

export interface ChunkRef {
  name: ChunkName;
  length: number;
}

/** A file's bytes: a short list in the entry itself, or the root page of a chunk-list tree. No chunks: an empty file. */
export type FileContent = { kind: 'inline'; chunks: ChunkRef[] } | { kind: 'tree'; root: ChunkName };

/** What every kind of entry carries. Times are nanoseconds since 1970, also before it. */
export interface EntryMeta {
  /** 1 to 255 bytes, any but `/` and NUL, not `.` and not `..`. Not necessarily UTF-8. */
  name: Uint8Array;
  /** Permission bits with setuid, setgid and sticky: `st_mode & 0o7777`. */
  mode: number;
  uid: number;
  gid: number;
  mtimeNs: bigint;
  /** Status-change time and inode at the source: with size and mtime they tell an unchanged file. Never restored. */
  ctimeNs?: bigint;
  inode?: bigint;
  owner?: string;
  group?: string;
  /** Same value for all names of one file within a point; set only where the file has several names. */
  hardLinkGroup?: bigint;
  /** Extended attributes by raw name, ascending. Values up to 64 KiB in total. */
  xattrs?: { name: Uint8Array; value: Uint8Array }[];
}

export interface FileEntry extends EntryMeta {
  type: 'file';
  sizeBytes: number;
  content: FileContent;
  /** It took less room at the source than its size: zeros in it are restored as holes. */
  isSparse?: boolean;
}

export interface DirEntry extends EntryMeta {
  type: 'dir';
  /** Root page of the folder's listing. */
  root: ChunkName;
  totals: TreeTotals;
}

export interface SymlinkEntry extends EntryMeta {
  type: 'symlink';
  /** Raw bytes, 1 to 4095, no NUL. */
  target: Uint8Array;
}

/** Kept so that the entry is known; restored only by root, and only fifo and device nodes. */
export interface SpecialEntry extends EntryMeta {
  type: 'fifo' | 'socket' | 'char_device' | 'block_device';
  /** Major and minor for devices, else absent. */
  device?: { major: number; minor: number };
}

export type TreeEntry = FileEntry | DirEntry | SymlinkEntry | SpecialEntry;

/** A folder listing's root with the totals under it: what a point's manifest keeps. */
export interface TreeRoot {
  root: ChunkName;
  totals: TreeTotals;
}
