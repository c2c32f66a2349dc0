import type { TreeEntry } from '@/lib/engine/core';

/** Something that goes into an archive: a file with its bytes, a folder or a link. */
export interface ArchiveItem {
  /** From the folder that is downloaded, which is the first name; raw bytes. */
  path: readonly Uint8Array[];
  entry: TreeEntry;
  /** Of a file, in order, its size in all. */
  bytes?: AsyncIterable<Uint8Array>;
}

/** Writes one archive, item after item, and keeps nothing of what has been sent. */
export interface ArchiveWriter {
  add(item: ArchiveItem): AsyncGenerator<Uint8Array>;
  /** What stands at the end of the archive. */
  finish(): AsyncGenerator<Uint8Array>;
  /** Gives back what the archive needed beside itself; also after a failure. */
  close(): Promise<void>;
}

/** A download is opened by whoever took it: what would run as somebody else is left out. */
export const safeMode = (mode: number): number => mode & 0o1777;

const slash = Buffer.from('/');

export function joinNames(path: readonly Uint8Array[]): Buffer {
  return Buffer.concat(path.flatMap((name, at) => (at === 0 ? [name] : [slash, name])));
}
