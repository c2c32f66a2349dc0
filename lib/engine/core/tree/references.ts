import type { ChunkName } from '../chunk';
import { decodePage, type TreePage } from './page';

/** What one page refers to: pages (of type `tree`) and data chunks. Names may repeat. */
export interface PageReferences {
  pages: ChunkName[];
  chunks: { name: ChunkName; length: number }[];
}

/** What must be reachable for a page to be whole: the edges that copying and collection follow. */
export function pageReferences(page: Uint8Array | TreePage): PageReferences {
  const decoded = page instanceof Uint8Array ? decodePage(page) : page;
  if ('pages' in decoded) return { pages: decoded.pages.map((ref) => ref.page), chunks: [] };
  if ('chunks' in decoded) return { pages: [], chunks: decoded.chunks };
  const references: PageReferences = { pages: [], chunks: [] };
  for (const entry of decoded.entries) {
    if (entry.type === 'dir') references.pages.push(entry.root);
    if (entry.type !== 'file') continue;
    if (entry.content.kind === 'tree') references.pages.push(entry.content.root);
    else references.chunks.push(...entry.content.chunks);
  }
  return references;
}
