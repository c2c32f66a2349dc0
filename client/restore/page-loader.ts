import type { ChunkName } from '@/lib/engine/core/chunk';
import { nameToHex } from '@/lib/engine/core/names';
import { pageReferences } from '@/lib/engine/core/tree/references';
import type { ChunkFetcher, Fetched } from './chunk-fetcher';

const maxAhead = 32;
const maxKept = 256;
/** More than any page: for the cap on an answer. */
const pageCapBytes = 192 * 1024;

/**
 * Loads tree pages for a reader that goes depth first: with each page, the first of those it refers to are asked for too,
 * so that the reader rarely waits for the next folder.
 */
export class PageLoader {
  readonly #pages = new Map<string, Promise<Fetched>>();

  constructor(private readonly fetcher: ChunkFetcher) {}

  async load(name: ChunkName): Promise<Uint8Array> {
    const id = nameToHex(name);
    const loading = this.#pages.get(id) ?? this.#request([name])[0]!;
    const page = await loading;
    this.#pages.delete(id);
    if (!(page instanceof Uint8Array)) throw page;
    this.#loadAhead(page);
    return page;
  }

  #loadAhead(page: Uint8Array): void {
    const next = pageReferences(page)
      .pages.filter((name) => !this.#pages.has(nameToHex(name)))
      .slice(0, Math.max(0, Math.min(maxAhead, maxKept - this.#pages.size)));
    if (next.length > 0) this.#request(next);
  }

  #request(names: readonly ChunkName[]): Promise<Fetched>[] {
    const fetched = this.fetcher.fetch(
      'tree',
      names.map((name) => ({ name, length: pageCapBytes })),
    );
    return names.map((name) => {
      const id = nameToHex(name);
      const page = fetched.then((pages) => pages.get(id)!);
      // Whoever waits for it hears of a failure; what nobody asks for must not end the process.
      page.catch(() => this.#pages.delete(id));
      this.#pages.set(id, page);
      return page;
    });
  }
}
