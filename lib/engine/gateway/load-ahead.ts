import type { ChunkName } from '@/lib/engine/core/chunk';
import { nameToHex } from '@/lib/engine/core/names';
import { decodePage } from '@/lib/engine/core/tree/page';
import { loadChunks, type OpenPoint } from './open-point';

/** Asked for together: one look-up and one read ahead serve them all. */
const pagesPerBatch = 64;

/**
 * Loads the pages of listings for a reader that goes through a point in order: with one page come those that stand after it
 * on the page above, and the folders that stand after it in its own folder.
 */
export function loadAhead(point: OpenPoint): (name: ChunkName) => Promise<Uint8Array> {
  /** Where each page stands among its neighbours. */
  const places = new Map<string, { names: readonly ChunkName[]; at: number }>();
  const ready = new Map<string, Uint8Array>();

  return async (name) => {
    const id = nameToHex(name);
    const known = ready.get(id);
    if (known) {
      ready.delete(id);
      return known;
    }
    const place = places.get(id);
    const names = place ? place.names.slice(place.at, place.at + pagesPerBatch) : [name];
    const missing = names.filter((wanted) => !ready.has(nameToHex(wanted)));
    for await (const { name: loaded, bytes } of loadChunks(
      point.vault,
      point.lineage,
      point.reader,
      missing,
    )) {
      ready.set(nameToHex(loaded), bytes);
      const below = foldersBelow(bytes);
      for (const [at, page] of below.entries()) places.set(nameToHex(page), { names: below, at });
    }
    const page = ready.get(id);
    if (!page) return point.load(name);
    ready.delete(id);
    return page;
  };
}

/** The listings that a page leads to, in order. */
function foldersBelow(bytes: Uint8Array): ChunkName[] {
  const page = decodePage(bytes);
  if (page.kind !== 'dir') return [];
  if ('pages' in page) return page.pages.map((ref) => ref.page);
  return page.entries.flatMap((entry) => (entry.type === 'dir' ? [entry.root] : []));
}
