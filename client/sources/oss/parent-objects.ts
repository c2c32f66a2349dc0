import type { ChunkName } from '@/lib/engine/core/chunk';
import type { FileEntry } from '@/lib/engine/core/tree/entry';
import { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import type { TreePass } from '../../backup/run-tree-backup';
import { ChunkFetcher } from '../../restore/chunk-fetcher';
import { chunksAsFrames } from '../../restore/chunks-as-frames';
import { PageLoader } from '../../restore/page-loader';

/** The objects of the point that a backup goes on from, asked for in the order of the tree; read once from front to back. */
export class ParentObjects {
  readonly #walk: ReturnType<TreeReader['walk']>;
  #head: { path: readonly Uint8Array[]; entry: FileEntry } | null = null;
  #isOver = false;

  private constructor(reader: TreeReader, root: ChunkName) {
    this.#walk = reader.walk(root);
  }

  /** Null where there is nothing to go on from. */
  static open(
    { parent, namingKey, parentPages }: Pick<TreePass, 'parent' | 'namingKey' | 'parentPages'>,
    patiently: <T>(call: () => Promise<T>) => Promise<T>,
  ): ParentObjects | null {
    if (!parent) return null;
    const fetch = (names: readonly ChunkName[], totalBytes: number) =>
      chunksAsFrames(parentPages(names, totalBytes));
    const pages = new PageLoader(new ChunkFetcher({ fetch, patiently }, namingKey));
    return new ParentObjects(new TreeReader((name) => pages.load(name)), parent.rootPage);
  }

  /** Paths must ascend from call to call. */
  async find(path: readonly Uint8Array[]): Promise<FileEntry | null> {
    for (;;) {
      if (!this.#head && !(await this.#next())) return null;
      const head = this.#head!;
      const order = comparePaths(head.path, path);
      if (order > 0) return null;
      this.#head = null;
      if (order === 0) return head.entry;
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#walk.return(undefined);
  }

  async #next(): Promise<boolean> {
    while (!this.#isOver) {
      const { done, value } = await this.#walk.next();
      if (done) break;
      if (value.entry.type !== 'file') continue;
      this.#head = { path: [...value.path, value.entry.name], entry: value.entry };
      return true;
    }
    this.#isOver = true;
    return false;
  }
}

export function comparePaths(a: readonly Uint8Array[], b: readonly Uint8Array[]): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at++) {
    const order = Buffer.compare(a[at]!, b[at]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
