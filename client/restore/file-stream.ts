import { nameToHex } from '@/lib/engine/core/names';
import type { ChunkRef } from '@/lib/engine/core/tree/entry';
import { CrossvaultError } from '@/lib/errors';
import type { ChunkFetcher, Fetched } from './chunk-fetcher';

const groupsAhead = 2;

/**
 * A file's bytes in order, some groups of chunks fetched ahead of the one being used. Every chunk is checked against its
 * name and its length. @throws what keeps a chunk from being read.
 */
export async function* streamFile(
  refs: AsyncGenerator<ChunkRef>,
  fetcher: ChunkFetcher,
  groupBytes: number,
): AsyncGenerator<Uint8Array> {
  const groups = fetchGroups(refs, fetcher, groupBytes);
  const queue = Array.from({ length: groupsAhead }, () => ahead(groups));
  try {
    for (let group = await queue.shift()!; group; group = await queue.shift()!) {
      queue.push(ahead(groups));
      const chunks = await group.chunks;
      for (const ref of group.refs) yield checked(chunks.get(nameToHex(ref.name)), ref);
    }
  } finally {
    await Promise.allSettled(queue);
    await refs.return(undefined);
  }
}

interface Group {
  refs: ChunkRef[];
  chunks: Promise<Map<string, Fetched>>;
}

/** Its failure is met when its turn comes. */
function ahead(groups: AsyncGenerator<Group>): Promise<Group | null> {
  const next = groups.next().then((step) => (step.done ? null : step.value));
  next.catch(() => {});
  return next;
}

async function* fetchGroups(
  refs: AsyncGenerator<ChunkRef>,
  fetcher: ChunkFetcher,
  groupBytes: number,
): AsyncGenerator<Group> {
  const begin = (group: ChunkRef[]): Group => {
    const distinct = new Map(group.map((ref) => [nameToHex(ref.name), ref]));
    const chunks = fetcher.fetch('data', [...distinct.values()]);
    chunks.catch(() => {});
    return { refs: group, chunks };
  };
  let group: ChunkRef[] = [];
  let bytes = 0;
  for await (const ref of refs) {
    group.push(ref);
    bytes += ref.length;
    if (bytes < groupBytes) continue;
    yield begin(group);
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield begin(group);
}

function checked(fetched: Fetched | undefined, ref: ChunkRef): Uint8Array {
  if (fetched instanceof Error) throw fetched;
  if (fetched?.length === ref.length) return fetched;
  throw new CrossvaultError('corrupt_data', 'A part of the backup has another length than its file says.');
}
