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

/**
 * Pages looked at together: one look-up for them and one for what they refer to. A folder of few entries is a page of its own,
 * so as many are taken as refer to some thousands of chunks, by what those before referred to.
 */
const fewestPages = 32;
const mostPages = 512;
const namesAtATime = 4000;
/** Chunks remembered as dealt with, at some 50 bytes each: a file that is there twice is asked for and read once. */
const maxRemembered = 1_000_000;

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
  let dealtWith = new NameSet();
  let atATime = fewestPages;
  while (stack.length > 0) {
    const pages = stack.splice(-atATime).reverse();
    const presence = await ports.presence(pages);
    const entered = pages.filter((_, i) => presence[i] !== 'settled');
    const references = await ports.references(entered);
    if (dealtWith.size > maxRemembered) dealtWith = new NameSet();
    const data: ChunkName[] = [];
    let names = 0;
    for (const { chunks } of references) {
      names += chunks.length;
      for (const { name } of chunks) if (dealtWith.add(name)) data.push(name);
    }
    const fitting = Math.floor((pages.length * namesAtATime) / Math.max(names, 1));
    atATime = Math.min(Math.max(fitting, fewestPages), mostPages, 4 * atATime);
    for (const page of references.toReversed()) {
      for (const child of page.pages.toReversed()) if (seen.add(child)) stack.push(child);
    }
    yield { pages: pages.filter((_, i) => presence[i] === 'absent'), data: await absentOf(data, ports) };
  }
}

async function absentOf(names: ChunkName[], ports: MissingPorts): Promise<ChunkName[]> {
  if (names.length === 0) return [];
  const presence = await ports.presence(names);
  return names.filter((_, i) => presence[i] === 'absent');
}
