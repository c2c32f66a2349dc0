import type { ChunkName } from '@/lib/engine/core';
import { decodePage } from '@/lib/engine/core/tree/page';

/** What a tree page refers to, in its own order. */
export interface PageLinks {
  pages: ChunkName[];
  data: ChunkName[];
}

/** @throws `corrupt_data` for bytes that are no tree page. */
export function pageLinks(bytes: Uint8Array): PageLinks {
  const page = decodePage(bytes);
  if ('pages' in page) return { pages: page.pages.map((ref) => ref.page), data: [] };
  if ('chunks' in page) return { pages: [], data: page.chunks.map((ref) => ref.name) };
  const links: PageLinks = { pages: [], data: [] };
  for (const entry of page.entries) {
    if (entry.type === 'dir') links.pages.push(entry.root);
    else if (entry.type === 'file' && entry.content.kind === 'tree') links.pages.push(entry.content.root);
    else if (entry.type === 'file' && entry.content.kind === 'inline') {
      for (const chunk of entry.content.chunks) links.data.push(chunk.name);
    }
  }
  return links;
}
