import type { ChunkName, VaultReader } from '@/lib/engine/core';
import { NameSet } from '@/lib/engine/core/name-set';
import { pageReferences } from '@/lib/engine/core/tree/references';
import type { OpenVault, VaultLineage } from '../vaults';
import { loadChunks } from './open-point';

/** Pages read together: one look-up for them all. */
const pagesAtATime = 64;

type LoadPages = (names: readonly ChunkName[]) => AsyncIterable<{ bytes: Uint8Array }>;

/** Every name that a tree reaches, pages and data, at 27 to 54 bytes each. Reads all its pages once. */
export function reachableNames(
  vault: OpenVault,
  lineage: VaultLineage,
  reader: VaultReader,
  root: ChunkName,
): Promise<NameSet> {
  return new ReachedNames((names) => loadChunks(vault, lineage, reader, names), root).all();
}

/** What a tree reaches, found out only as far as it is asked for. Each page is read once at most. */
export class ReachedNames {
  readonly #names = new NameSet();
  /** Pages that were met and not read. */
  #unread: ChunkName[];
  /** Of them, those that a new tree has too. */
  #unchanged: ChunkName[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly load: LoadPages,
    root: ChunkName,
  ) {
    this.#names.add(root);
    this.#unread = [root];
  }

  /** Every name; the set does not change any more. */
  all(): Promise<NameSet> {
    return this.#inTurn(async () => {
      while (await this.#readMore());
      return this.#names;
    });
  }

  /**
   * Which of these names the tree reaches. Pages that a new tree has too are read last: what is asked for is most likely
   * referred to by a page that this tree had in another one's place.
   */
  find(wanted: readonly ChunkName[], isInNewTree: (page: ChunkName) => boolean): Promise<boolean[]> {
    return this.#inTurn(async () => {
      let at = 0;
      const areFound = () => {
        while (at < wanted.length && this.#names.has(wanted[at]!)) at++;
        return at === wanted.length;
      };
      while (!areFound() && (await this.#readMore(isInNewTree)));
      return wanted.map((name) => this.#names.has(name));
    });
  }

  /** @returns whether there was anything left to read. */
  async #readMore(isInNewTree: (page: ChunkName) => boolean = () => false): Promise<boolean> {
    const pages: ChunkName[] = [];
    while (this.#unread.length > 0 && pages.length < pagesAtATime) {
      const page = this.#unread.pop()!;
      (isInNewTree(page) ? this.#unchanged : pages).push(page);
    }
    if (pages.length === 0) pages.push(...this.#unchanged.splice(-pagesAtATime));
    try {
      for await (const { bytes } of this.load(pages)) {
        const references = pageReferences(bytes);
        for (const page of references.pages) if (this.#names.add(page)) this.#unread.push(page);
        for (const chunk of references.chunks) this.#names.add(chunk.name);
      }
    } catch (error) {
      this.#unread.push(...pages);
      throw error;
    }
    return pages.length > 0;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => {});
    return result;
  }
}
