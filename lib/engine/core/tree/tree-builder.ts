import { CrossvaultError } from '@/lib/errors';

import type { ChunkName } from '../chunk';
import type { ChunkRef, DirEntry, EntryMeta, FileContent, TreeEntry, TreeRoot, TreeTotals } from './entry';
import { encodeEntry } from './entry-codec';
import { addTotals, noTotals, requireGivenName } from './fields';
import { maxDepth, maxInlineChunks } from './limits';
import { type ContentPageRef, type DirPageRef, encodeChunkRef, encodeContentRef, encodeDirRef } from './page';
import { type PageShape, PageTreeBuilder } from './page-builder';
import type { EmitPage } from './ports';

/** What one entry adds to the totals of the folders above it. */
export function totalsOf(entry: TreeEntry): TreeTotals {
  if (entry.type === 'dir') return { ...entry.totals, dirs: entry.totals.dirs + 1 };
  return { files: 1, dirs: 0, bytes: entry.type === 'file' ? entry.sizeBytes : 0 };
}

const dirShape: PageShape<TreeEntry, DirPageRef> = {
  kind: 'dir',
  encodeItem: encodeEntry,
  encodeRef: encodeDirRef,
  itemKey: (entry) => entry.name,
  itemRef: (entry) => ({ lastName: entry.name, entries: 1, totals: totalsOf(entry) }),
  refKey: (ref) => ref.lastName,
  joinRefs: (a, b) => ({
    lastName: b.lastName,
    entries: a.entries + b.entries,
    totals: addTotals(a.totals, b.totals),
  }),
};

const contentShape: PageShape<ChunkRef, ContentPageRef> = {
  kind: 'content',
  encodeItem: encodeChunkRef,
  encodeRef: encodeContentRef,
  itemKey: (chunk) => chunk.name,
  itemRef: (chunk) => ({ chunks: 1, bytes: chunk.length }),
  // The level above has no keys of its own: the page's name, which changes with its content, has to do.
  refKey: (ref) => ref.page,
  joinRefs: (a, b) => ({ chunks: a.chunks + b.chunks, bytes: a.bytes + b.bytes }),
};

/** Turns a file's chunks, in order, into its content: a short list, or a tree of pages where there are many. */
export class ContentBuilder {
  readonly #first: ChunkRef[] = [];
  #pages: PageTreeBuilder<ChunkRef, ContentPageRef> | null = null;
  sizeBytes = 0;

  constructor(
    private readonly namingKey: Uint8Array,
    private readonly emit: EmitPage,
  ) {}

  async add(name: ChunkName, length: number): Promise<void> {
    this.sizeBytes += length;
    if (this.#pages) return this.#pages.add({ name, length });
    this.#first.push({ name: Uint8Array.from(name), length });
    if (this.#first.length <= maxInlineChunks) return;
    this.#pages = new PageTreeBuilder(contentShape, this.namingKey, this.emit);
    for (const chunk of this.#first) await this.#pages.add(chunk);
  }

  /** Takes a page of an earlier list as it is, where this list has just ended one. @returns whether it was taken. */
  async addPage(ref: ContentPageRef): Promise<boolean> {
    if (!this.#pages && this.#first.length > 0) return false;
    this.#pages ??= new PageTreeBuilder(contentShape, this.namingKey, this.emit);
    if (!(await this.#pages.addPage(ref))) return false;
    this.sizeBytes += ref.bytes;
    return true;
  }

  async finish(): Promise<FileContent> {
    if (!this.#pages) return { kind: 'inline', chunks: this.#first };
    return { kind: 'tree', root: (await this.#pages.finish()).root };
  }
}

interface OpenDir {
  meta: EntryMeta | null;
  pages: PageTreeBuilder<TreeEntry, DirPageRef>;
  totals: TreeTotals;
  lastName: Uint8Array | null;
}

/**
 * Builds a point's tree in one pass, depth first, with the entries of each folder in ascending byte order of their names.
 * Keeps one page a level for the folders that are open, whatever their sizes. Starts inside the root folder.
 *
 *     await b.enterDir(meta); await b.add(file); await b.leaveDir(); const root = await b.finish();
 */
export class TreeBuilder {
  readonly #open: OpenDir[] = [];

  constructor(
    private readonly namingKey: Uint8Array,
    private readonly emit: EmitPage,
  ) {
    this.#open.push(this.#newDir(null));
  }

  /** How many folders are open below the root. */
  get depth(): number {
    return this.#open.length - 1;
  }

  /** Adds anything but a folder whose entries are still to come; also a folder known from an earlier point, unread. */
  add(entry: TreeEntry): Promise<void> | undefined {
    const dir = this.#open.at(-1)!;
    this.#requireOrder(dir, entry.name);
    dir.totals = addTotals(dir.totals, totalsOf(entry));
    return dir.pages.add(entry);
  }

  /** A file as `encodeEntry` wrote it. */
  addEncodedFile(name: Uint8Array, sizeBytes: number, encoded: Uint8Array): Promise<void> | undefined {
    const dir = this.#open.at(-1)!;
    this.#requireOrder(dir, name);
    const totals = { files: 1, dirs: 0, bytes: sizeBytes };
    dir.totals = addTotals(dir.totals, totals);
    return dir.pages.addEncoded(encoded, name, { lastName: name, entries: 1, totals });
  }

  async enterDir(meta: EntryMeta): Promise<void> {
    if (this.depth >= maxDepth)
      throw new CrossvaultError('invalid_input', 'Folders lie too deep in each other.');
    this.#requireOrder(this.#open.at(-1)!, meta.name);
    this.#open.push(this.#newDir(meta));
  }

  /** Closes the innermost folder and adds it to its parent. @returns its entry. */
  async leaveDir(): Promise<DirEntry> {
    const dir = this.#open.pop()!;
    if (!dir.meta) throw new Error('Invariant broken: the root folder is left by finish()');
    const { root } = await dir.pages.finish();
    const entry: DirEntry = { ...dir.meta, type: 'dir', root, totals: dir.totals };
    const parent = this.#open.at(-1)!;
    await parent.pages.add(entry);
    parent.totals = addTotals(parent.totals, totalsOf(entry));
    return entry;
  }

  async finish(): Promise<TreeRoot> {
    if (this.#open.length !== 1) throw new Error('Invariant broken: a folder was entered and not left');
    const { pages, totals } = this.#open[0]!;
    return { root: (await pages.finish()).root, totals };
  }

  #newDir(meta: EntryMeta | null): OpenDir {
    const pages = new PageTreeBuilder(dirShape, this.namingKey, this.emit);
    return { meta, pages, totals: noTotals, lastName: null };
  }

  #requireOrder(dir: OpenDir, name: Uint8Array): void {
    requireGivenName(name);
    if (dir.lastName && Buffer.compare(dir.lastName, name) >= 0) {
      throw new CrossvaultError(
        'invalid_input',
        'Entries of a folder come once each, in the order of their names.',
      );
    }
    dir.lastName = name;
  }
}
