import type { ChunkName } from '@/lib/engine/core';
import { nameToHex } from '@/lib/engine/core/names';
import type { TreeEntry } from '@/lib/engine/core/tree/entry';
import { decodePage } from '@/lib/engine/core/tree/page';
import { CrossvaultError } from '@/lib/errors';

export type LoadPage = (name: ChunkName) => Promise<Uint8Array>;

/** Files of one tree that need a lost chunk. Subtrees that were found clean are not read again for the next tree. */
export class HitFinder {
  readonly #clean = new Set<string>();
  readonly files: string[] = [];
  fileCount = 0;

  /** @param lost names, in hex, of chunks that cannot be read. */
  constructor(
    private readonly lost: ReadonlySet<string>,
    private readonly load: LoadPage,
    private readonly maxFiles: number,
  ) {}

  /** @returns whether anything of the tree is hit. */
  async walk(root: ChunkName, path = ''): Promise<boolean> {
    const id = nameToHex(root);
    if (this.#clean.has(id)) return false;
    const page = await this.#page(root);
    if (!page) {
      this.#hit(`${path || '/'} and everything below it`);
      return true;
    }
    let isHit = false;
    if ('pages' in page) {
      for (const { page: child } of page.pages) if (await this.walk(child, path)) isHit = true;
    } else if (page.kind === 'dir') {
      for (const entry of page.entries) if (await this.#entry(entry, path)) isHit = true;
    }
    if (!isHit) this.#clean.add(id);
    return isHit;
  }

  async #entry(entry: TreeEntry, path: string): Promise<boolean> {
    const here = `${path}/${Buffer.from(entry.name).toString()}`;
    if (entry.type === 'dir') return this.walk(entry.root, here);
    if (entry.type !== 'file') return false;
    const { content } = entry;
    const isHit =
      content.kind === 'inline'
        ? content.chunks.some(({ name }) => this.lost.has(nameToHex(name)))
        : await this.#content(content.root);
    if (isHit) this.#hit(here);
    return isHit;
  }

  async #content(root: ChunkName): Promise<boolean> {
    const id = nameToHex(root);
    if (this.#clean.has(id)) return false;
    const page = await this.#page(root);
    if (!page) return true;
    let isHit = false;
    if ('pages' in page) {
      for (const { page: child } of page.pages) if (await this.#content(child)) isHit = true;
    } else if ('chunks' in page) isHit = page.chunks.some(({ name }) => this.lost.has(nameToHex(name)));
    if (!isHit) this.#clean.add(id);
    return isHit;
  }

  /** Null for a page that is lost itself. */
  async #page(name: ChunkName) {
    if (this.lost.has(nameToHex(name))) return null;
    try {
      return decodePage(await this.load(name));
    } catch (error) {
      if (error instanceof CrossvaultError && error.code === 'corrupt_data') return null;
      throw error;
    }
  }

  #hit(path: string): void {
    this.fileCount++;
    if (this.files.length < this.maxFiles) this.files.push(path);
  }
}
