import type { ChunkName } from '@/lib/engine/core';
import { NameSet } from '@/lib/engine/core/name-set';
import type { PageReferences } from '@/lib/engine/core/tree/references';

/**
 * What the target's own index says of a chunk.
 * `settled`: there, in a pack that no running work holds; a settled page has its whole subtree.
 * `unsettled`: there, in a pack of work that has not ended; below such a page something may still be lacking.
 * `absent`: not there, or condemned.
 */
export type Presence = 'settled' | 'unsettled' | 'absent';

export interface MissingPorts {
  /** Answers from the target's index at this moment, in the order asked. */
  presence(names: readonly ChunkName[]): Promise<Presence[]>;
  /** Reads pages at the source. */
  references(pages: readonly ChunkName[]): Promise<PageReferences[]>;
}

export interface MissingChunks {
  pages: ChunkName[];
  data: ChunkName[];
}

/** Pages looked at together: one look-up for them and one for what they refer to. */
const pagesAtATime = 32;

/**
 * Walks a tree of the source and yields what the target lacks of it, some thousands of names at a time. Work and memory
 * follow what is lacking: a settled page is not entered.
 *
 * Why a settled page's subtree is there: work gives up its hold on packs only in the transaction that makes its point
 * visible, when the whole tree is durable, or after a collection has removed what its abandoned points left. Collection
 * condemns a chunk together with every settled page above it, and before it deletes it walks again what was put since.
 */
export async function* findMissing(root: ChunkName, ports: MissingPorts): AsyncGenerator<MissingChunks> {
  const stack: ChunkName[] = [root];
  const seen = new NameSet();
  seen.add(root);
  while (stack.length > 0) {
    const pages = stack.splice(-pagesAtATime).reverse();
    const presence = await ports.presence(pages);
    const entered = pages.filter((_, i) => presence[i] !== 'settled');
    const references = await ports.references(entered);
    const data = await absentOf(
      references.flatMap((page) => page.chunks.map((chunk) => chunk.name)),
      ports,
    );
    for (const page of references.toReversed()) {
      for (const child of page.pages.toReversed()) if (seen.add(child)) stack.push(child);
    }
    yield { pages: pages.filter((_, i) => presence[i] === 'absent'), data };
  }
}

async function absentOf(names: ChunkName[], ports: MissingPorts): Promise<ChunkName[]> {
  if (names.length === 0) return [];
  const asked = new NameSet(names.length);
  const unique = names.filter((name) => asked.add(name));
  const presence = await ports.presence(unique);
  return unique.filter((_, i) => presence[i] === 'absent');
}
