import type { z } from 'zod';
import type { Entry, FoundInPoint } from '@/lib/backup-points/schemas';
import type { ChunkName } from '@/lib/engine/core/chunk';
import { nameToHex } from '@/lib/engine/core/names';
import { maxDepth } from '@/lib/engine/core/tree/limits';
import { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import { CrossvaultError } from '@/lib/errors';
import type { VaultEnvironment } from '../vaults';
import { toEntry } from './browse-point';
import { type OpenPoint, openPoint } from './open-point';
import { compilePattern, type SearchPattern } from './search-pattern';

/** Looked at in one request over all its points. */
const entriesPerRequest = 40_000;
const shownPerPoint = 20;
const maxRemembered = 50_000;

type Found = z.output<typeof FoundInPoint>;

interface Below {
  /** The first matches, each with the folders between. */
  entries: { path: Uint8Array[]; entry: Parameters<typeof toEntry>[0] }[];
  count: number;
  isCut: boolean;
}

/**
 * Which of several points hold what is looked for, newest first as they are given. A folder that did not change from one
 * point to the next is read once: the work follows the changes between points, not their number. Stops at a bound; a point
 * that was not looked at is not in the answer, one that was looked at in part says so.
 */
export async function searchPoints(
  environment: VaultEnvironment,
  accountId: string,
  { pointIds, query }: { pointIds: readonly string[]; query: string },
): Promise<{ found: Found[] }> {
  const search = new Search(compilePattern(query));
  const found: Found[] = [];
  for (const pointId of pointIds) {
    if (search.isOver) break;
    const point = await openPoint(environment, accountId, pointId).catch((error) => {
      // Deleted since it was listed.
      if (error instanceof CrossvaultError && error.code === 'not_found') return null;
      throw error;
    });
    if (!point) continue;
    const { entries, count, isCut } = await search.in(point);
    const shown = entries.map(({ path, entry }): Entry => toEntry(entry, path));
    found.push({ pointId, entries: shown, matchCount: count, isCut });
  }
  return { found };
}

class Search {
  /** What folders hold, by the name of their listing: the same name is the same content. */
  readonly #known = new Map<string, Below>();
  #left = entriesPerRequest;

  constructor(private readonly pattern: SearchPattern) {}

  get isOver(): boolean {
    return this.#left <= 0;
  }

  async in(point: OpenPoint): Promise<Below> {
    const tree = new TreeReader(point.load);
    const { exact } = this.pattern;
    if (exact) return this.#lookUp(tree, point.rootPage, exact);
    return this.#below(tree, point.rootPage, [], point.lineage.lineageId);
  }

  async #lookUp(tree: TreeReader, root: ChunkName, path: readonly string[]): Promise<Below> {
    const names = path.map((name) => Buffer.from(name));
    this.#left -= names.length;
    const entry = await tree.lookup(root, names).catch((error) => {
      if (error instanceof CrossvaultError && error.code === 'not_found') return null;
      throw error;
    });
    const entries = entry ? [{ path: names.slice(0, -1), entry }] : [];
    return { entries, count: entries.length, isCut: false };
  }

  async #below(tree: TreeReader, root: ChunkName, above: string[], lineage: string): Promise<Below> {
    const { isByName } = this.pattern;
    const key = `${lineage} ${isByName ? '' : above.join('/')} ${nameToHex(root)}`;
    const known = this.#known.get(key);
    if (known) return known;
    if (above.length > maxDepth)
      throw new CrossvaultError('corrupt_data', 'Folders lie too deep in each other.');
    const found: Below = { entries: [], count: 0, isCut: false };
    for await (const entry of tree.entries(root)) {
      if (this.#left-- <= 0) return { ...found, isCut: true };
      const name = Buffer.from(entry.name).toString('utf8');
      if (this.pattern.matches(above, name)) add(found, [{ path: [], entry }], 1);
      if (entry.type !== 'dir') continue;
      const below = await this.#below(tree, entry.root, [...above, name], lineage);
      const moved = below.entries.map(({ path, entry: inner }) => ({
        path: [entry.name, ...path],
        entry: inner,
      }));
      add(found, moved, below.count);
      found.isCut ||= below.isCut;
    }
    if (!found.isCut && this.#known.size < maxRemembered) this.#known.set(key, found);
    return found;
  }
}

function add(found: Below, entries: Below['entries'], count: number): void {
  found.entries.push(...entries.slice(0, shownPerPoint - found.entries.length));
  found.count += count;
}
