import { ByteWriter, corrupt } from '../bytes';
import type { ChunkName } from '../chunk';
import { namesEqual } from '../names';
import type { TreeEntry } from './entry';
import { encodeEntry } from './entry-codec';
import { maxDepth } from './limits';
import type { DirPage } from './page';
import type { TreeReader } from './tree-reader';

export interface TreeChange {
  path: readonly Uint8Array[];
  /** Null when the entry is new. A folder that appears or vanishes is one change; its entries are not listed. */
  before: TreeEntry | null;
  /** Null when the entry is gone. */
  after: TreeEntry | null;
}

/**
 * A folder's entries, page by page, that can step over a page unread: `head` is either the next entry, or the next unread
 * page.
 */
class Cursor {
  readonly #stack: { page: DirPage; at: number }[] = [];

  constructor(private readonly reader: TreeReader) {}

  async open(root: ChunkName): Promise<this> {
    this.#stack.push({ page: await this.reader.dirPage(root), at: 0 });
    return this;
  }

  head(): { entry: TreeEntry } | { page: ChunkName; level: number } | null {
    for (;;) {
      const top = this.#stack.at(-1);
      if (!top) return null;
      if ('entries' in top.page) {
        const entry = top.page.entries[top.at];
        if (entry) return { entry };
      } else {
        const ref = top.page.pages[top.at];
        if (ref) return { page: ref.page, level: top.page.level };
      }
      this.#stack.pop();
    }
  }

  /** Goes past the head, entry or whole page. */
  skip(): void {
    this.#stack.at(-1)!.at++;
  }

  /** Turns a page at the head into its items. */
  async descend(): Promise<void> {
    const top = this.#stack.at(-1)!;
    if (!('pages' in top.page)) return;
    const ref = top.page.pages[top.at++]!;
    this.#stack.push({ page: await this.reader.dirPage(ref.page, top.page.level - 1), at: 0 });
  }
}

/** What differs between two folders, in order; identical pages and subtrees are not read. */
export async function* diffTrees(
  reader: TreeReader,
  before: ChunkName,
  after: ChunkName,
  path: readonly Uint8Array[] = [],
): AsyncGenerator<TreeChange> {
  if (namesEqual(before, after)) return;
  if (path.length > maxDepth) throw corrupt('folders lie too deep in each other');
  const [a, b] = await Promise.all([new Cursor(reader).open(before), new Cursor(reader).open(after)]);
  for (;;) {
    const [x, y] = [a.head(), b.head()];
    if (!x && !y) return;
    if (x && y && 'page' in x && 'page' in y && namesEqual(x.page, y.page)) {
      a.skip();
      b.skip();
      continue;
    }
    const [left, right] = [levelOf(x), levelOf(y)];
    if (left > 0 || right > 0) {
      // The higher page first, so that equal pages below pages of different height still meet.
      if (left >= right) await a.descend();
      if (right >= left) await b.descend();
      continue;
    }
    yield* compareHeads(reader, path, a, b);
  }
}

function levelOf(head: ReturnType<Cursor['head']>): number {
  return head && 'page' in head ? head.level : 0;
}

async function* compareHeads(
  reader: TreeReader,
  path: readonly Uint8Array[],
  a: Cursor,
  b: Cursor,
): AsyncGenerator<TreeChange> {
  const [x, y] = [entryOf(a), entryOf(b)];
  const order = !x ? 1 : !y ? -1 : Buffer.compare(x.name, y.name);
  if (order <= 0) a.skip();
  if (order >= 0) b.skip();
  const change: TreeChange = { path, before: order <= 0 ? x : null, after: order >= 0 ? y : null };
  if (!change.before || !change.after) {
    yield change;
    return;
  }
  if (change.before.type === 'dir' && change.after.type === 'dir') {
    if (!sameMeta(change.before, change.after)) yield change;
    yield* diffTrees(reader, change.before.root, change.after.root, [...path, change.after.name]);
  } else if (!sameBytes(change.before, change.after)) {
    yield change;
  }
}

function entryOf(cursor: Cursor): TreeEntry | null {
  const head = cursor.head();
  return head && 'entry' in head ? head.entry : null;
}

function encoded(entry: TreeEntry): Buffer {
  const writer = new ByteWriter();
  encodeEntry(writer, entry);
  return writer.finish();
}

function sameBytes(a: TreeEntry, b: TreeEntry): boolean {
  return encoded(a).equals(encoded(b));
}

/** Two folders that differ at most in what lies under them. */
function sameMeta(a: TreeEntry & { type: 'dir' }, b: TreeEntry & { type: 'dir' }): boolean {
  return sameBytes(a, { ...b, root: a.root, totals: a.totals });
}
