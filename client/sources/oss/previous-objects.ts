import { createHash } from 'node:crypto';
import type { ChunkRef, EntryMeta, FileContent, FileEntry } from '@/lib/engine/core/tree/entry';
import { joinPath } from '@/lib/engine/core/walk';
import {
  type CachedFile,
  type FileCacheReader,
  type FileStamp,
  isSameFile,
  pathKey,
} from '../../backup/file-cache';
import type { ListedObject } from './listed-object';
import { fromXattrs } from './object-metadata';
import type { ParentObjects } from './parent-objects';

type Xattrs = EntryMeta['xattrs'];

/** An object that need not be read again. */
export type KnownObject =
  /** Of the parent: the gateway keeps all of it while the backup runs. */
  | { from: 'parent'; content: FileContent; xattrs: Xattrs }
  /** Of an attempt that was interrupted: the gateway has to be asked for its chunks. */
  | { from: 'attempt'; chunks: ChunkRef[]; xattrs: Xattrs };

/** What earlier work knows about objects, asked in the order of the tree. */
export class PreviousObjects {
  constructor(
    private readonly parent: ParentObjects | null,
    private readonly attempt: FileCacheReader | null,
  ) {}

  /** @returns the object as it was, if listing it shows that it has not changed since. */
  async findUnchanged(object: ListedObject, path: readonly Uint8Array[]): Promise<KnownObject | null> {
    const before = await this.parent?.find(path);
    const begun = this.attempt ? await this.attempt.find(cacheKey(path)) : null;
    // Without an etag, a change that keeps size and time would go unseen.
    if (object.etag === '') return null;
    if (before && isSameObject(before, object))
      return { from: 'parent', content: before.content, xattrs: before.xattrs };
    if (!begun || !isSameFile(begun, stampOf(object))) return null;
    const xattrs = decodeXattrs(begun);
    return xattrs && { from: 'attempt', chunks: begun.chunks, xattrs };
  }

  async close(): Promise<void> {
    await this.parent?.close();
    await this.attempt?.close();
  }
}

function isSameObject(before: FileEntry, now: ListedObject): boolean {
  return (
    before.sizeBytes === now.sizeBytes &&
    before.mtimeNs === mtimeNs(now) &&
    fromXattrs(before.xattrs).facts.etag === now.etag
  );
}

export const mtimeNs = (object: ListedObject): bigint => BigInt(object.modifiedAtMs) * 1_000_000n;

export function cacheKey(path: readonly Uint8Array[]): Buffer {
  return pathKey(path.reduce<Buffer>((above, name) => joinPath(above, name), Buffer.alloc(0)));
}

/** The etag takes the place of the inode: both change with what they stand for. */
export function stampOf(object: ListedObject): FileStamp {
  const inode = createHash('sha256').update(object.etag).digest().readBigUInt64BE();
  return { sizeBytes: object.sizeBytes, mtimeNs: mtimeNs(object), ctimeNs: 0n, inode };
}

export function encodeXattrs(xattrs: Xattrs = []): Buffer {
  const pairs = xattrs.map(({ name, value }) => [
    Buffer.from(name).toString(),
    Buffer.from(value).toString(),
  ]);
  return Buffer.from(JSON.stringify(pairs));
}

function decodeXattrs({ extra }: CachedFile): NonNullable<Xattrs> | null {
  try {
    const pairs = JSON.parse((extra ?? '').toString()) as [string, string][];
    return pairs.map(([name, value]) => ({ name: Buffer.from(name), value: Buffer.from(value) }));
  } catch {
    return null;
  }
}
