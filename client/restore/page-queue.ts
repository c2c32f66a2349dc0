import type { Fetched } from './chunk-fetcher';

/** A page that the reader is going to come to. */
export interface AwaitedPage {
  readonly id: string;
  /** Of one that was asked for. */
  page: Promise<Fetched> | null;
  /** Of one that lies ready. */
  readyBytes: number;
  /** What it refers to stands behind it. */
  isOpened: boolean;
  isGone: boolean;
  before: AwaitedPage | null;
  after: AwaitedPage | null;
}

/** Pages in the order in which a reader that goes depth first comes to them. A page may come several times. */
export class PageQueue implements Iterable<AwaitedPage> {
  #first: AwaitedPage | null = null;
  #last: AwaitedPage | null = null;
  #size = 0;
  /** How often each page stands in the queue. */
  readonly #counts = new Map<string, number>();

  /** The farthest are forgotten when there are more. */
  constructor(private readonly maxPages: number) {}

  get last(): AwaitedPage | null {
    return this.#last;
  }

  *[Symbol.iterator](): Generator<AwaitedPage> {
    for (let page = this.#first; page; page = page.after) yield page;
  }

  /** The reader has come to this page: what stands before it was passed over. */
  reach(id: string): AwaitedPage {
    if (!this.#counts.has(id)) return this.#insert(null, id);
    while (this.#first!.id !== id) this.remove(this.#first!);
    return this.#first!;
  }

  addBehind(page: AwaitedPage, ids: readonly string[]): void {
    let at = page;
    for (const id of ids) at = this.#insert(at, id);
    while (this.#size > this.maxPages) this.remove(this.#last!);
  }

  remove(page: AwaitedPage): void {
    if (page.isGone) return;
    page.isGone = true;
    if (page.before) page.before.after = page.after;
    else this.#first = page.after;
    if (page.after) page.after.before = page.before;
    else this.#last = page.before;
    this.#size--;
    const left = this.#counts.get(page.id)! - 1;
    if (left > 0) this.#counts.set(page.id, left);
    else this.#counts.delete(page.id);
  }

  #insert(before: AwaitedPage | null, id: string): AwaitedPage {
    const after = before ? before.after : this.#first;
    const page = { id, page: null, readyBytes: 0, isOpened: false, isGone: false, before, after };
    if (before) before.after = page;
    else this.#first = page;
    if (after) after.before = page;
    else this.#last = page;
    this.#size++;
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    return page;
  }
}
