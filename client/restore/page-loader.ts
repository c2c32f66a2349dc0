import type { ChunkName } from '@/lib/engine/core/chunk';
import { nameFromHex, nameToHex } from '@/lib/engine/core/names';
import { pageReferences } from '@/lib/engine/core/tree/references';
import type { ChunkFetcher, Fetched } from './chunk-fetcher';
import { type AwaitedPage, PageQueue } from './page-queue';

/** Pages asked for together: a request costs the gateway more than a small page does. */
const maxPerRequest = 256;
/** Of the reader's next pages, those that may be asked for ahead. */
const maxAhead = 4096;
const maxAheadBytes = 8 * 1024 * 1024;
/** What lies ready beyond this is thrown away, the farthest first, and asked for again when its time comes. */
const maxReadyBytes = 2 * maxAheadBytes;
/** What a page takes that has not come yet. */
const usualBytes = 4096;
/** The reader comes to these soon: one of them that was not asked for is asked for at once, and others with it. */
const soon = 64;
/** Otherwise a request waits until it is worth its while, and that is looked at now and then. */
const worthAsking = maxPerRequest / 2;
const pagesBetweenLooks = 16;
/** Pages remembered as worth asking for; the farthest are forgotten, and asked for when the reader comes to them. */
const maxRemembered = 50_000;
/** More than any page: for the cap on an answer. */
const pageCapBytes = 192 * 1024;

/**
 * Loads tree pages for a reader that goes depth first: what arrived pages refer to is asked for too, the reader's next
 * first, many in one request, so that the reader rarely waits for the next folder.
 */
export class PageLoader {
  readonly #queue = new PageQueue(maxRemembered);
  #loaded = 0;
  #isAskingAhead = false;

  constructor(private readonly fetcher: ChunkFetcher) {}

  async load(name: ChunkName): Promise<Uint8Array> {
    const awaited = this.#queue.reach(nameToHex(name));
    if (!awaited.page) void this.#request([awaited, ...this.#findWanted(awaited)]);
    let page: Fetched;
    try {
      page = await awaited.page!;
    } finally {
      this.#queue.remove(awaited);
    }
    if (!(page instanceof Uint8Array)) throw page;
    this.#askAhead();
    return page;
  }

  #askAhead(): void {
    const isLook = this.#loaded++ % pagesBetweenLooks === 0;
    if (this.#isAskingAhead) return;
    const isSoon = this.#isWantedSoon();
    if (!isSoon && !isLook) return;
    const wanted = this.#findWanted();
    if (wanted.length === 0 || (!isSoon && wanted.length < worthAsking)) return;
    this.#isAskingAhead = true;
    const isOver = () => {
      this.#isAskingAhead = false;
    };
    this.#request(wanted).then(isOver, isOver);
  }

  #isWantedSoon(): boolean {
    let place = 0;
    for (const { page } of this.#queue) {
      if (!page) return true;
      if (++place === soon) return false;
    }
    return false;
  }

  #findWanted(except?: AwaitedPage): AwaitedPage[] {
    const wanted: AwaitedPage[] = [];
    let place = 0;
    let bytes = 0;
    for (const awaited of this.#queue) {
      if (++place > maxAhead || bytes > maxAheadBytes || wanted.length === maxPerRequest) break;
      bytes += awaited.readyBytes || usualBytes;
      if (!awaited.page && awaited !== except) wanted.push(awaited);
    }
    return wanted;
  }

  #request(wanted: readonly AwaitedPage[]): Promise<unknown> {
    const ids = [...new Set(wanted.map(({ id }) => id))];
    const refs = ids.map((id) => ({ name: nameFromHex(id), length: pageCapBytes }));
    // Before anybody waits for them, so that what comes next is known by then.
    const fetched = this.fetcher.fetch('tree', refs).then((pages) => {
      for (const awaited of wanted) this.#take(awaited, pages.get(awaited.id));
      this.#dropFarthest();
      return pages;
    });
    for (const awaited of wanted) {
      const page = fetched.then((pages) => pages.get(awaited.id)!);
      awaited.page = page;
      // Whoever waits for it hears of a failure; what nobody asks for must not end the process.
      page.catch(() => {
        if (awaited.page === page) awaited.page = null;
      });
    }
    return fetched;
  }

  #take(awaited: AwaitedPage, page: Fetched | undefined): void {
    if (awaited.isGone || !(page instanceof Uint8Array)) return;
    awaited.readyBytes = page.length;
    if (awaited.isOpened) return;
    awaited.isOpened = true;
    this.#queue.addBehind(awaited, pagesBelow(page).map(nameToHex));
  }

  #dropFarthest(): void {
    let bytes = 0;
    for (const { readyBytes } of this.#queue) bytes += readyBytes;
    for (let far = this.#queue.last; far && bytes > maxReadyBytes; far = far.before) {
      bytes -= far.readyBytes;
      if (far.readyBytes > 0) Object.assign(far, { page: null, readyBytes: 0 });
    }
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
