import type { ChunkName } from '@/lib/engine/core/chunk';
import { nameToHex } from '@/lib/engine/core/names';
import { pageReferences } from '@/lib/engine/core/tree/references';
import type { ChunkFetcher, Fetched } from './chunk-fetcher';

/** Pages asked for together: a request costs the gateway more than a small page does. */
const maxPerRequest = 256;
/** Pages that may lie ready; the reader's next ones are asked for when fewer than half do. */
const maxReady = 512;
const maxReadyBytes = 16 * 1024 * 1024;
/** Names remembered as worth asking for; the farthest are forgotten, and asked for when the reader comes to them. */
const maxWanted = 100_000;
/** More than any page: for the cap on an answer. */
const pageCapBytes = 192 * 1024;

/**
 * Loads tree pages for a reader that goes depth first: what arrived pages refer to is asked for too, the reader's next
 * first, many in one request, so that the reader rarely waits for the next folder.
 */
export class PageLoader {
  /** Asked for, or lying ready. */
  readonly #pages = new Map<string, Promise<Fetched>>();
  /** Not asked for yet; the reader's next is the last. */
  #wanted: ChunkName[] = [];
  #readyBytes = 0;
  #isAskingAhead = false;

  constructor(private readonly fetcher: ChunkFetcher) {}

  async load(name: ChunkName): Promise<Uint8Array> {
    const id = nameToHex(name);
    if (!this.#pages.has(id)) {
      if (this.#isFull) this.#forget();
      this.#request([name, ...this.#takeWanted(name)]);
    }
    const page = await this.#pages.get(id)!;
    if (this.#pages.delete(id) && page instanceof Uint8Array) this.#readyBytes -= page.length;
    if (!(page instanceof Uint8Array)) throw page;
    this.#askAhead();
    return page;
  }

  get #isFull(): boolean {
    return this.#pages.size >= maxReady || this.#readyBytes >= maxReadyBytes;
  }

  /** The reader passes over folders that were not chosen: what lies ready is not what it is going to need. */
  #forget(): void {
    this.#pages.clear();
    this.#readyBytes = 0;
  }

  #askAhead(): void {
    if (this.#isAskingAhead || this.#pages.size > maxReady / 2) return;
    const names = this.#takeWanted();
    if (names.length === 0) return;
    this.#isAskingAhead = true;
    const isOver = () => {
      this.#isAskingAhead = false;
    };
    this.#request(names).then(isOver, isOver);
  }

  #takeWanted(except?: ChunkName): ChunkName[] {
    const taken: ChunkName[] = [];
    if (this.#isFull) return taken;
    const room = Math.min(maxPerRequest, maxReady - this.#pages.size);
    const seen = new Set(except ? [nameToHex(except)] : []);
    while (taken.length < room) {
      const name = this.#wanted.pop();
      if (!name) break;
      const id = nameToHex(name);
      if (this.#pages.has(id) || seen.has(id)) continue;
      seen.add(id);
      taken.push(name);
    }
    return taken;
  }

  #request(names: readonly ChunkName[]): Promise<unknown> {
    const fetched = this.fetcher
      .fetch(
        'tree',
        names.map((name) => ({ name, length: pageCapBytes })),
      )
      .then((pages) => {
        this.#take(names, pages);
        return pages;
      });
    for (const name of names) {
      const id = nameToHex(name);
      const page = fetched.then((pages) => pages.get(id)!);
      // Whoever waits for it hears of a failure; what nobody asks for must not end the process.
      page.catch(() => this.#pages.delete(id));
      this.#pages.set(id, page);
    }
    return fetched;
  }

  /** Before anybody waits for them, so that what comes next is known by then. */
  #take(names: readonly ChunkName[], pages: Map<string, Fetched>): void {
    for (const name of names.toReversed()) {
      const id = nameToHex(name);
      const page = pages.get(id);
      if (!(page instanceof Uint8Array) || !this.#pages.has(id)) continue;
      this.#readyBytes += page.length;
      this.#wanted.push(...pagesBelow(page).toReversed());
    }
    if (this.#wanted.length > maxWanted) this.#wanted = this.#wanted.slice(-maxWanted);
  }
}

/** None for a page that cannot be read: its reader says so when it comes to it. */
function pagesBelow(page: Uint8Array): ChunkName[] {
  try {
    return pageReferences(page).pages;
  } catch {
    return [];
  }
}
