import { ByteWriter } from '../bytes';
import type { ChunkName } from '../chunk';
import { computeName } from '../names';
import { maxPageBytes, minPageBytes } from './limits';
import { encodePageHeader, type TreePage } from './page';
import type { EmitPage } from './ports';

/** How a kind of page tree encodes its items, and sums them up in the page above. */
export interface PageShape<Item, Ref> {
  kind: TreePage['kind'];
  encodeItem(writer: ByteWriter, item: Item): void;
  encodeRef(writer: ByteWriter, ref: Ref): void;
  /** What decides where pages are cut: stable where the item's other fields change. */
  itemKey(item: Item): Uint8Array;
  itemRef(item: Item): Omit<Ref, 'page'>;
  refKey(ref: Ref): Uint8Array;
  joinRefs(a: Omit<Ref, 'page'>, b: Omit<Ref, 'page'>): Omit<Ref, 'page'>;
}

interface Level<Ref> {
  body: ByteWriter;
  count: number;
  sum: Omit<Ref, 'page'> | null;
}

/** Murmur3's finaliser over FNV-1a: spreads even keys that differ in one bit. Seeded by the level. */
function cutHash(key: Uint8Array, level: number): number {
  let hash = 0x811c9dc5 ^ level;
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const writeRaw = (writer: ByteWriter, bytes: Uint8Array) => void writer.raw(bytes);

/**
 * Builds a tree of pages over a sequence of items in one pass, keeping one page a level. A page ends after an item whose key
 * says so, so that inserting or removing one changes its page and the pages above it, and no others.
 */
export class PageTreeBuilder<Item, Ref extends { page: ChunkName }> {
  readonly #levels: Level<Ref>[] = [];

  constructor(
    private readonly shape: PageShape<Item, Ref>,
    private readonly namingKey: Uint8Array,
    private readonly emit: EmitPage,
  ) {}

  /** @returns what to wait for when a page was full. */
  add(item: Item): Promise<void> | undefined {
    const { encodeItem, itemKey, itemRef } = this.shape;
    return this.#append(0, encodeItem, item, itemKey(item), itemRef(item));
  }

  /** An item as `encodeItem` wrote it for another tree. */
  addEncoded(bytes: Uint8Array, key: Uint8Array, ref: Omit<Ref, 'page'>): Promise<void> | undefined {
    return this.#append(0, writeRaw, bytes, key, ref);
  }

  /**
   * Takes a page of another tree as it is, unread, where this one has just ended a page too: both are then cut alike.
   * @returns whether it was taken.
   */
  async addPage(ref: Ref): Promise<boolean> {
    if ((this.#levels[0]?.count ?? 0) > 0) return false;
    this.#levels[0] ??= { body: new ByteWriter(1024), count: 0, sum: null };
    await this.#appendRef(1, ref);
    return true;
  }

  /** Emits what is open. @returns the root page, and the sum over all items (null when there were none). */
  async finish(): Promise<{ root: ChunkName; sum: Omit<Ref, 'page'> | null }> {
    if (this.#levels.length === 0) {
      return { root: await this.#emitPage(encodePageHeader(this.shape.kind, 0, 0)), sum: null };
    }
    for (let level = 0; ; level++) {
      const isTop = level === this.#levels.length - 1;
      const { count, sum } = this.#levels[level]!;
      if (isTop && count === 1 && level > 0) {
        return { root: this.#onlyPage!, sum };
      }
      if (count === 0) {
        if (isTop) throw new Error('Invariant broken: a page tree without a top');
        continue;
      }
      const closed = await this.#close(level);
      if (isTop) return { root: closed.page, sum };
      await this.#appendRef(level + 1, closed);
    }
  }

  /** The page that the highest level's first reference names. */
  #onlyPage: ChunkName | null = null;

  #append<What>(
    level: number,
    encode: (writer: ByteWriter, what: What) => void,
    what: What,
    key: Uint8Array,
    ref: Omit<Ref, 'page'>,
  ): Promise<void> | undefined {
    this.#levels[level] ??= { body: new ByteWriter(1024), count: 0, sum: null };
    const open = this.#levels[level]!;
    const before = open.body.length;
    encode(open.body, what);
    const itemBytes = open.body.length - before;
    open.count++;
    open.sum = open.sum === null ? ref : this.shape.joinRefs(open.sum, ref);
    // A chance of one in 16 KiB (2^32 / 2^18) a byte, whatever the items' sizes: pages of about 32 KiB.
    const isCut = open.body.length >= minPageBytes && cutHash(key, level) < itemBytes * 2 ** 18;
    return isCut || open.body.length >= maxPageBytes - 1024 ? this.#cut(level) : undefined;
  }

  async #cut(level: number): Promise<void> {
    await this.#appendRef(level + 1, await this.#close(level));
  }

  async #appendRef(level: number, ref: Ref): Promise<void> {
    if (!this.#levels[level]) this.#onlyPage = ref.page;
    const { encodeRef, refKey } = this.shape;
    await this.#append(level, encodeRef, ref, refKey(ref), ref);
  }

  async #close(level: number): Promise<Ref> {
    const open = this.#levels[level]!;
    const bytes = Buffer.concat([encodePageHeader(this.shape.kind, level, open.count), open.body.view()]);
    const page = await this.#emitPage(bytes);
    const ref = { ...open.sum, page } as unknown as Ref;
    open.body.reset();
    open.count = 0;
    open.sum = null;
    return ref;
  }

  async #emitPage(bytes: Buffer): Promise<ChunkName> {
    const name = computeName(this.namingKey, 'tree', bytes);
    await this.emit({ name, type: 'tree', bytes });
    return name;
  }
}
