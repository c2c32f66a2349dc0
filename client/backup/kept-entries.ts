import { createHash } from 'node:crypto';
import { ByteWriter } from '@/lib/engine/core/bytes';
import type { FileEntry } from '@/lib/engine/core/tree/entry';
import { encodeEntry } from '@/lib/engine/core/tree/entry-codec';
import type { OwnerNames } from '@/lib/engine/core/walk';
import type { CachedFile } from './file-cache';

const markBytes = 8;
const headerBytes = markBytes + 1;
/** Changes with what this program puts into an entry. */
const version = 1;

/**
 * Files' entries as the tree has them, kept beside what tells an unchanged file. Whatever is in an entry changes the file's
 * change time, except the owners' names and whether the file has holes: these are compared.
 */
export class KeptEntries {
  readonly #mark: Buffer | null;
  readonly #writer = new ByteWriter(4096);
  /** Files whose entries are less than they could be. */
  readonly #lost = new Set<string>();

  constructor({ owners, hasXattrs }: { owners: OwnerNames | undefined; hasXattrs: boolean }) {
    const names = owners ? owners.version : '';
    const hash = createHash('sha256').update(JSON.stringify([version, hasXattrs, names]));
    this.#mark = names === undefined ? null : hash.digest().subarray(0, markBytes);
  }

  /** Something of the entry at this path had to be left out: it is looked at again, and told of again. */
  addLost(path: Uint8Array): void {
    this.#lost.add(Buffer.from(path).toString('latin1'));
  }

  /** Views, valid until the next call. `kept` is what the cache is to keep. */
  encode(entry: FileEntry, readPath: Buffer): { encoded: Buffer; kept: Buffer | undefined } {
    this.#writer.reset();
    this.#writer.raw(this.#mark ?? Buffer.alloc(markBytes)).u8(entry.isSparse ? 1 : 0);
    encodeEntry(this.#writer, entry);
    const kept = this.#writer.view();
    // Names of one file show its device's number, which another start of the system may change.
    const isKept = this.#mark && entry.hardLinkGroup === undefined && !this.#isLost(readPath);
    return { encoded: kept.subarray(headerBytes), kept: isKept ? kept : undefined };
  }

  find({ extra }: CachedFile, isSparse: boolean): Buffer | null {
    if (!extra || extra.length <= headerBytes || !this.#mark) return null;
    const isSame = this.#mark.compare(extra, 0, markBytes) === 0 && extra[markBytes] === (isSparse ? 1 : 0);
    return isSame ? extra.subarray(headerBytes) : null;
  }

  #isLost(path: Buffer): boolean {
    return this.#lost.size > 0 && this.#lost.has(path.toString('latin1'));
  }
}
