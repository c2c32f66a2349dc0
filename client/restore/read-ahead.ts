import { Lease } from '@/lib/engine/core/lease';
import { nameToHex } from '@/lib/engine/core/names';
import type { ChunkRef } from '@/lib/engine/core/tree/entry';
import type { ChunkFetcher, Fetched } from './chunk-fetcher';
import type { RestoreStep } from './restore-plan';

/** A step of the plan with its chunk's bytes. */
export type ReadyStep =
  | Exclude<RestoreStep, { step: 'chunk' }>
  | { step: 'chunk'; ref: ChunkRef; fetched: Fetched; lease: Lease | null };

interface Group {
  steps: RestoreStep[];
  lease: Lease | null;
  chunks: Promise<Map<string, Fetched>>;
}

/** Frames hold up to 1 MiB: the larger a group, the fewer frames lie across its ends, and the more memory three of them take. */
const groupBytes = 4 * 1024 * 1024;
const groupsAhead = 1;
const maxStepsPerGroup = 4000;

/**
 * Passes a plan on with the bytes it needs, fetching some batches ahead of the one being written. Memory is bounded by
 * the batches, whatever the files' sizes.
 * @param options.isLeased a chunk's bytes are there until the next step is asked for, or for who holds their lease
 */
export async function* readAhead(
  plan: AsyncGenerator<RestoreStep>,
  fetcher: ChunkFetcher,
  { isLeased = false } = {},
): AsyncGenerator<ReadyStep> {
  let gathering: Promise<Group | null> = Promise.resolve(null);
  const gatherNext = () => {
    gathering = gathering.then(() => gather(plan, fetcher, isLeased ? new Lease() : null));
    gathering.catch(() => {});
    return gathering;
  };
  const queue = Array.from({ length: groupsAhead }, gatherNext);
  try {
    for (;;) {
      const group = await queue.shift()!;
      if (!group) return;
      queue.push(gatherNext());
      const chunks = await group.chunks;
      for (const step of group.steps) {
        if (step.step !== 'chunk') yield step;
        else yield { ...step, fetched: chunks.get(nameToHex(step.ref.name))!, lease: group.lease };
      }
      group.lease?.release();
    }
  } finally {
    await Promise.allSettled(queue);
    await plan.return(undefined);
  }
}

async function gather(
  plan: AsyncGenerator<RestoreStep>,
  fetcher: ChunkFetcher,
  lease: Lease | null,
): Promise<Group | null> {
  const steps: RestoreStep[] = [];
  const wanted = new Map<string, ChunkRef>();
  let bytes = 0;
  while (bytes < groupBytes && steps.length < maxStepsPerGroup) {
    const next = await plan.next();
    if (next.done) break;
    steps.push(next.value);
    if (next.value.step !== 'chunk') continue;
    const { ref } = next.value;
    if (!wanted.has(nameToHex(ref.name))) bytes += ref.length;
    wanted.set(nameToHex(ref.name), ref);
  }
  if (steps.length === 0) return null;
  const chunks = fetcher.fetch('data', [...wanted.values()], lease ?? undefined);
  chunks.catch(() => {});
  return { steps, lease, chunks };
}
