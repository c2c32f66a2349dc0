import { lastName } from '@/lib/engine/core/walk';
import type { Excludes } from './excludes';
import type { SourceStep } from './source-walk';

type Enter = SourceStep & { step: 'enter' };
interface OpenFolder {
  /** Null once it has been passed on. */
  waiting: Enter | null;
  isWanted: boolean;
}

/**
 * Passes on what the patterns name: files, and folders with all that is in them. Other folders come along only where
 * something in them is wanted.
 */
export async function* pruneToIncludes(
  includes: Excludes,
  runs: AsyncIterable<SourceStep[]>,
): AsyncGenerator<SourceStep[]> {
  const names: string[] = [];
  const open: OpenFolder[] = [];
  for await (const run of runs) {
    const wanted = [...pruneRun(includes, run, names, open)];
    if (wanted.length > 0) yield wanted;
  }
}

function* pruneRun(
  includes: Excludes,
  run: readonly SourceStep[],
  names: string[],
  open: OpenFolder[],
): Generator<SourceStep> {
  for (const step of run) {
    const isBelowWanted = open.at(-1)?.isWanted ?? false;
    if (step.step === 'leave') {
      names.pop();
      if (open.pop()!.waiting === null) yield step;
    } else if (step.step === 'enter') {
      names.push(nameOf(step.meta.name));
      const isWanted = isBelowWanted || includes.matches(names, true);
      open.push({ waiting: step, isWanted });
      if (isWanted) yield* release(open);
    } else if (step.step === 'entry') {
      if (!isBelowWanted && !includes.matches([...names, nameOf(lastName(step.found.path))], false)) continue;
      yield* release(open);
      yield step;
    } else yield step;
  }
}

function* release(open: OpenFolder[]): Generator<SourceStep> {
  for (const folder of open) {
    if (!folder.waiting) continue;
    yield folder.waiting;
    folder.waiting = null;
  }
}

function nameOf(name: Uint8Array): string {
  return Buffer.from(name).toString('utf8');
}
