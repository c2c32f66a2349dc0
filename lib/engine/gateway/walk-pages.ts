import type { ChunkName, VaultReader } from '@/lib/engine/core';
import { NameSet } from '@/lib/engine/core/name-set';
import { pageReferences } from '@/lib/engine/core/tree/references';
import type { OpenVault, VaultLineage } from '../vaults';
import { loadChunks } from './open-point';

/** Pages read together: one look-up for them all. */
const pagesAtATime = 64;

/** Every name that a tree reaches, pages and data, at 27 to 54 bytes each. Reads all its pages once. */
export async function reachableNames(
  vault: OpenVault,
  lineage: VaultLineage,
  reader: VaultReader,
  root: ChunkName,
): Promise<NameSet> {
  const names = new NameSet();
  names.add(root);
  const stack: ChunkName[] = [root];
  while (stack.length > 0) {
    const pages = stack.splice(-pagesAtATime);
    for await (const { bytes } of loadChunks(vault, lineage, reader, pages)) {
      const references = pageReferences(bytes);
      for (const page of references.pages) if (names.add(page)) stack.push(page);
      for (const chunk of references.chunks) names.add(chunk.name);
    }
  }
  return names;
}
