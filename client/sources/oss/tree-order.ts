import type { ListedObject, ListPage } from './listed-object';

const slash = 0x2f;
/** Sorts after every key that begins with what it is put behind: the last character of UTF-8, which is nobody's. */
const last = Buffer.from('\u{10ffff}');

/**
 * All objects below a prefix in the order of a tree, where a folder's objects come before what else begins with its name.
 * Servers list by bytes: `a-b` before `a/x`, for `-` is less than `/`. Whenever a key could have such a folder behind it, that
 * folder's objects come first: they lie in the page at hand, or one request tells whether there are any. Memory is a few
 * pages for each folder that is open in this way.
 */
export async function* listInTreeOrder(
  listPage: ListPage,
  prefix: Buffer = Buffer.alloc(0),
): AsyncGenerator<ListedObject> {
  yield* new Listing(listPage, prefix).objects();
}

/** With so few objects left of a page the next one is waited for, instead of asking for a folder by itself. */
const tail = 16;

class Listing {
  /** Folders that lie behind the head in the listing, and have been listed already or are empty. */
  #done: Buffer[] = [];
  #at = 0;
  #ahead: { after: Buffer; page: ReturnType<ListPage> } | null = null;

  constructor(
    private readonly listPage: ListPage,
    private readonly prefix: Buffer,
    private page: ListedObject[] = [],
    /** Keys up to here are in `page`; null when there are no more, undefined before the first page. */
    private next: Buffer | null | undefined = undefined,
  ) {}

  async *objects(): AsyncGenerator<ListedObject> {
    for (;;) {
      const object = this.page[this.#at];
      if (!object) {
        if (!(await this.#turnPage(null))) return;
        continue;
      }
      const folder = this.#done.find((done) => compareStart(object.key, done) === 0);
      if (folder) {
        this.#at = endOf(this.page, folder);
        if (this.#at >= this.page.length && !(await this.#turnPage(Buffer.concat([folder, last])))) return;
        continue;
      }
      yield* this.#foldersBefore(object.key);
      yield object;
      this.#at++;
    }
  }

  async *#foldersBefore(key: Buffer): AsyncGenerator<ListedObject> {
    this.#done = this.#done.filter((done) => compareStart(key, done.subarray(0, -1)) === 0);
    for (let at = this.prefix.length; at < key.length; at++) {
      if (key[at]! >= slash || this.#done.some((done) => done.length === at + 1)) continue;
      const folder = Buffer.allocUnsafe(at + 1);
      key.copy(folder, 0, 0, at);
      folder[at] = slash;
      if (this.#isUnknown(folder) && this.page.length - this.#at <= tail) await this.#lookAhead();
      const listing = this.#openFolder(folder);
      if (!listing) continue;
      yield* listing.objects();
      this.#done.push(folder);
    }
  }

  /** A folder behind the head, from the page at hand as far as it goes; null when the page shows that it is empty. */
  #openFolder(folder: Buffer): Listing | null {
    const objects = this.page.slice(startOf(this.page, folder), endOf(this.page, folder));
    const isKnown = !this.#isUnknown(folder);
    if (objects.length > 0) return new Listing(this.listPage, folder, objects, isKnown ? null : this.next);
    return isKnown ? null : new Listing(this.listPage, folder);
  }

  /** Whether more of the folder may follow behind the page at hand. */
  #isUnknown(folder: Buffer): boolean {
    return (
      this.next !== null &&
      endOf(this.page, folder) === this.page.length &&
      !(this.next && compareStart(this.next, folder) > 0)
    );
  }

  /** Puts the next page, which is on its way, behind the rest of this one. */
  async #lookAhead(): Promise<void> {
    if (!this.next) return;
    const rest = this.page.slice(this.#at);
    await this.#turnPage(null);
    this.page = [...rest, ...this.page];
  }

  /** @param from skip to here. @returns whether there was another page with anything in it. */
  async #turnPage(from: Buffer | null): Promise<boolean> {
    while (this.next !== null) {
      const after = from && (!this.next || Buffer.compare(from, this.next) > 0) ? from : (this.next ?? null);
      const { objects, next } = await this.#take(after);
      this.page = objects;
      this.#at = 0;
      this.next = next;
      if (next) this.#askAhead(next);
      if (objects.length > 0) return true;
    }
    this.page = [];
    this.#at = 0;
    return false;
  }

  #take(after: Buffer | null): ReturnType<ListPage> {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (after && ahead?.after.equals(after)) return ahead.page;
    return this.listPage({ prefix: this.prefix, after });
  }

  /** The next page is on its way while this one is worked off. */
  #askAhead(after: Buffer): void {
    const page = this.listPage({ prefix: this.prefix, after });
    page.catch(() => {});
    this.#ahead = { after, page };
  }
}

/** A key's beginning against a prefix: 0 for every key that begins with it, more than 0 for those behind them. */
function compareStart(key: Buffer, prefix: Buffer): number {
  return key.compare(prefix, 0, prefix.length, 0, Math.min(key.length, prefix.length));
}

const startOf = (objects: readonly ListedObject[], prefix: Buffer) => indexFrom(objects, prefix, 0);
const endOf = (objects: readonly ListedObject[], prefix: Buffer) => indexFrom(objects, prefix, 1);

/** Index of the first object whose key's beginning compares so with the prefix. */
function indexFrom(objects: readonly ListedObject[], prefix: Buffer, order: 0 | 1): number {
  let low = 0;
  let high = objects.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareStart(objects[middle]!.key, prefix) < order) low = middle + 1;
    else high = middle;
  }
  return low;
}
