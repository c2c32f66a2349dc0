import { CrossvaultError } from '@/lib/errors';
import { corrupt } from '../bytes';
import type { ChunkName } from '../chunk';
import { nameToHex } from '../names';
import type { ChunkRef, FileContent, TreeEntry } from './entry';
import { maxDepth } from './limits';
import { type ContentPage, type DirPage, decodePage, type TreePage } from './page';
import type { LoadChunk } from './ports';

/** An entry with the names of the folders above it, outermost first. */
export interface WalkedEntry {
  path: readonly Uint8Array[];
  entry: TreeEntry;
}

export interface EntryPage {
  entries: TreeEntry[];
  /** Pass as `after` to get the next page; null at the end. */
  next: Uint8Array | null;
}

/** Pages kept decoded: the spines of the folders being read. */
const cachedPages = 64;

/** Reads trees page by page; never holds more than a spine. */
export class TreeReader {
  readonly #cache = new Map<string, Promise<TreePage>>();

  constructor(private readonly load: LoadChunk) {}

  /** Entries of a folder after a name, at most `limit`. */
  async list(root: ChunkName, options: { after?: Uint8Array; limit?: number } = {}): Promise<EntryPage> {
    const { after, limit = 1000 } = options;
    const entries: TreeEntry[] = [];
    for await (const entry of this.entries(root, after)) {
      if (entries.length === limit) return { entries, next: entries.at(-1)!.name };
      entries.push(entry);
    }
    return { entries, next: null };
  }

  /** Every entry of a folder in order, those after a name only; pages before it are not read. */
  async *entries(root: ChunkName, after?: Uint8Array): AsyncGenerator<TreeEntry> {
    yield* this.#dirEntries(await this.dirPage(root), after);
  }

  async *#dirEntries(page: DirPage, after?: Uint8Array): AsyncGenerator<TreeEntry> {
    if ('entries' in page) {
      for (const entry of page.entries) {
        if (!after || Buffer.compare(entry.name, after) > 0) yield entry;
      }
      return;
    }
    for (const ref of page.pages) {
      if (after && Buffer.compare(ref.lastName, after) <= 0) continue;
      yield* this.#dirEntries(await this.dirPage(ref.page, page.level - 1), after);
    }
  }

  /** The entry of that name in a folder, reading one page a level; null when there is none. */
  async find(root: ChunkName, name: Uint8Array): Promise<TreeEntry | null> {
    let page = await this.dirPage(root);
    while ('pages' in page) {
      const ref = page.pages.find(({ lastName }) => Buffer.compare(name, lastName) <= 0);
      if (!ref) return null;
      page = await this.dirPage(ref.page, page.level - 1);
    }
    return page.entries.find((entry) => Buffer.compare(entry.name, name) === 0) ?? null;
  }

  /** Follows names from a root folder. @throws `not_found` when a part is missing or not a folder. */
  async lookup(root: ChunkName, path: readonly Uint8Array[]): Promise<TreeEntry> {
    let folder: ChunkName | null = root;
    let entry: TreeEntry | null = null;
    for (const name of path) {
      entry = folder && (await this.find(folder, name));
      if (!entry) throw new CrossvaultError('not_found', 'This path is not in the backup point.');
      folder = entry.type === 'dir' ? entry.root : null;
    }
    if (!entry) throw new CrossvaultError('invalid_input', 'A path has at least one name.');
    return entry;
  }

  /**
   * Everything below a folder, depth first, each folder before its entries.
   * @param enter whether to read a folder's entries; it is yielded in either case.
   */
  async *walk(
    root: ChunkName,
    enter: (walked: WalkedEntry) => boolean = () => true,
  ): AsyncGenerator<WalkedEntry> {
    const path: Uint8Array[] = [];
    const stack = [this.entries(root)];
    while (stack.length > 0) {
      const step = await stack.at(-1)!.next();
      if (step.done) {
        stack.pop();
        path.pop();
        continue;
      }
      const entry = step.value;
      const walked = { path: [...path], entry };
      yield walked;
      if (entry.type !== 'dir' || !enter(walked)) continue;
      if (stack.length > maxDepth) throw corrupt('folders lie too deep in each other');
      path.push(entry.name);
      stack.push(this.entries(entry.root));
    }
  }

  /** A file's chunks in order. @param sizeBytes with it, a list that does not make up that size is `corrupt_data`. */
  async *chunks(content: FileContent, sizeBytes?: number): AsyncGenerator<ChunkRef> {
    let total = 0;
    const source = content.kind === 'inline' ? content.chunks : this.#contentChunks(content.root);
    for await (const chunk of source) {
      total += chunk.length;
      if (sizeBytes !== undefined && total > sizeBytes) break;
      yield chunk;
    }
    if (sizeBytes !== undefined && total !== sizeBytes)
      throw corrupt("a file's chunks do not make up its size");
  }

  /** The chunks that hold a range of a file, with the file offset of each. Pages before the range are not read. */
  async *chunksFrom(content: FileContent, offset: number): AsyncGenerator<ChunkRef & { offset: number }> {
    let at = 0;
    const source = content.kind === 'inline' ? content.chunks : this.#contentChunks(content.root, offset);
    for await (const chunk of source) {
      const start = 'offset' in chunk ? chunk.offset : at;
      at = start + chunk.length;
      if (at > offset) yield { ...chunk, offset: start };
    }
  }

  async *#contentChunks(
    name: ChunkName,
    skipTo = 0,
    start = 0,
    level?: number,
  ): AsyncGenerator<ChunkRef & { offset: number }> {
    const page = await this.contentPage(name, level);
    let offset = start;
    if ('chunks' in page) {
      for (const chunk of page.chunks) {
        yield { ...chunk, offset };
        offset += chunk.length;
      }
      return;
    }
    for (const ref of page.pages) {
      if (offset + ref.bytes > skipTo) yield* this.#contentChunks(ref.page, skipTo, offset, page.level - 1);
      offset += ref.bytes;
    }
  }

  /** @param level what the page above says; a root may have any. Levels only fall, so that no page leads back to itself. */
  async dirPage(name: ChunkName, level?: number): Promise<DirPage> {
    const page = await this.#page(name);
    if (page.kind !== 'dir') throw corrupt('a folder is not a listing');
    if (level !== undefined && page.level !== level) throw corrupt('a page is at the wrong level');
    return page;
  }

  async contentPage(name: ChunkName, level?: number): Promise<ContentPage> {
    const page = await this.#page(name);
    if (page.kind !== 'content') throw corrupt("a file's chunk list is not one");
    if (level !== undefined && page.level !== level) throw corrupt('a page is at the wrong level');
    return page;
  }

  #page(name: ChunkName): Promise<TreePage> {
    const id = nameToHex(name);
    const known = this.#cache.get(id);
    if (known) return known;
    const loading = this.load(name).then(decodePage);
    this.#cache.set(id, loading);
    loading.catch(() => this.#cache.delete(id));
    if (this.#cache.size > cachedPages) this.#cache.delete(this.#cache.keys().next().value!);
    return loading;
  }
}
