import type { ChunkName } from '@/lib/engine/core';
import type { NameSet } from '@/lib/engine/core/name-set';
import type { PageReferences } from '@/lib/engine/core/tree/references';

/** Pages read together; what they refer to is held until the next ones. */
const pagesAtATime = 32;

export interface MarkPorts {
  /** Reads pages of this vault, condemned or not. */
  references(pages: readonly ChunkName[]): Promise<PageReferences[]>;
}

/**
 * Adds every page and chunk that the roots reach to `reached`, each page read once. Yields after each bounded piece.
 * @throws when a page cannot be read: then nothing may be condemned.
 */
export async function* markReachable(
  roots: Iterable<ChunkName>,
  ports: MarkPorts,
  reached: NameSet,
): AsyncGenerator<void> {
  const stack: ChunkName[] = [];
  for (const root of roots) if (reached.add(root)) stack.push(root);
  while (stack.length > 0) {
    const pages = stack.splice(-pagesAtATime);
    for (const references of await ports.references(pages)) {
      for (const { name } of references.chunks) reached.add(name);
      for (const page of references.pages) if (reached.add(page)) stack.push(page);
    }
    yield;
  }
}

export interface SparePorts extends MarkPorts {
  /** Which of these names this collection has condemned, in the order asked. */
  isCondemned(names: readonly ChunkName[]): Promise<boolean[]>;
}

/**
 * The second mark: finds what was condemned and is needed after all, and adds it to `spared`. Its starting points are the
 * roots of points that were committed or pinned since the first mark, and every page of the packs the first mark left out.
 * Points alone do not suffice: work that is still running may rest on such a page when the point it belonged to is
 * already gone again. A page that was marked and not condemned has no condemned page or chunk below it, so the walk goes
 * down through condemned pages only and its work follows what is new.
 */
export async function* findSpared(
  roots: Iterable<ChunkName>,
  newPages: AsyncIterable<ChunkName[]>,
  ports: SparePorts,
  spared: NameSet,
): AsyncGenerator<void> {
  const stack: ChunkName[] = [];
  const spare = async (names: ChunkName[], arePages: boolean) => {
    const condemned = await ports.isCondemned(names);
    names.forEach((name, i) => {
      if (condemned[i] && spared.add(name) && arePages) stack.push(name);
    });
  };
  const spareBelow = async (pages: readonly ChunkName[]) => {
    const references = await ports.references(pages);
    await spare(
      references.flatMap((page) => page.pages),
      true,
    );
    await spare(
      references.flatMap((page) => page.chunks.map((chunk) => chunk.name)),
      false,
    );
  };
  await spare([...roots], true);
  for await (const pages of newPages) {
    await spareBelow(pages);
    yield;
  }
  while (stack.length > 0) {
    await spareBelow(stack.splice(-pagesAtATime));
    yield;
  }
}
