import type { ChunkName } from '@/lib/engine/core/chunk';
import type {
  ChunkRef,
  DirEntry,
  FileEntry,
  SpecialEntry,
  SymlinkEntry,
  TreeTotals,
} from '@/lib/engine/core/tree/entry';
import { addTotals, noTotals } from '@/lib/engine/core/tree/fields';
import { totalsOf } from '@/lib/engine/core/tree/tree-builder';
import type { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import { CrossvaultError } from '@/lib/errors';
import type { RestoreSpec } from '@/lib/jobs/schemas';
import { decodePath, encodePath, type SelectedBelow, selectionBelowRoot } from './selection';

export type RestoreStep =
  | { step: 'dir'; folder: readonly Uint8Array[]; entry: DirEntry }
  | { step: 'other'; folder: readonly Uint8Array[]; entry: SymlinkEntry | SpecialEntry }
  /** Followed by its chunks when they are wanted, and by `end`. */
  | { step: 'file'; folder: readonly Uint8Array[]; entry: FileEntry; hasChunks: boolean }
  | { step: 'chunk'; ref: ChunkRef }
  /** With an error: the list of the file's chunks could not be read to its end. */
  | { step: 'end'; error?: Error }
  /** A folder whose listing could not be read; the restore goes on beside it. */
  | { step: 'unreadable'; folder: readonly Uint8Array[]; error: Error };

export interface PlanOptions {
  reader: TreeReader;
  root: ChunkName;
  selection: RestoreSpec['selection'];
  /** Whether a file's bytes are going to be needed. Asked once, in order. */
  needsBytes(folder: readonly Uint8Array[], entry: FileEntry): Promise<boolean>;
  /** What ends the restore instead of one entry. */
  isFatal(error: unknown): boolean;
}

/** What a restore has to do, in the order of the tree, made while it is read: nothing is held but the open folders. */
export async function* planRestore(options: PlanOptions): AsyncGenerator<RestoreStep> {
  yield* planFolder(options, options.root, [], selectionBelowRoot(options.selection));
}

async function* planFolder(
  options: PlanOptions,
  root: ChunkName,
  folder: readonly Uint8Array[],
  selected: SelectedBelow,
): AsyncGenerator<RestoreStep> {
  const entries = options.reader.entries(root);
  for (;;) {
    let next: Awaited<ReturnType<typeof entries.next>>;
    try {
      next = await entries.next();
    } catch (error) {
      if (options.isFatal(error)) throw error;
      yield { step: 'unreadable', folder, error: error as Error };
      return;
    }
    if (next.done) return;
    const entry = next.value;
    const below = selected.enter(entry.name);
    if (!below) continue;
    if (entry.type === 'dir') {
      yield { step: 'dir', folder, entry };
      yield* planFolder(options, entry.root, [...folder, entry.name], below);
    } else if (entry.type === 'file') yield* planFile(options, folder, entry);
    else yield { step: 'other', folder, entry };
  }
}

async function* planFile(
  options: PlanOptions,
  folder: readonly Uint8Array[],
  entry: FileEntry,
): AsyncGenerator<RestoreStep> {
  const hasChunks = await options.needsBytes(folder, entry);
  yield { step: 'file', folder, entry, hasChunks };
  if (!hasChunks) return;
  try {
    for await (const ref of options.reader.chunks(entry.content, entry.sizeBytes))
      yield { step: 'chunk', ref };
  } catch (error) {
    if (options.isFatal(error)) throw error;
    yield { step: 'end', error: error as Error };
    return;
  }
  yield { step: 'end' };
}

/** Sums of what is selected, from folders' own totals: no more than the way to each chosen item is read. */
export async function countSelected(
  reader: TreeReader,
  root: ChunkName,
  selection: RestoreSpec['selection'],
  all: { bytes: number; files: number },
): Promise<{ bytes: number; files: number; missing: string[] }> {
  if (selection.mode === 'all') return { ...all, missing: [] };
  const missing: string[] = [];
  let chosen = noTotals;
  for (const path of outermost(selection.paths)) {
    const totals = path === '' ? { ...noTotals, ...all } : await totalsAt(reader, root, path);
    if (!totals) missing.push(path);
    else chosen = addTotals(chosen, totals);
  }
  if (selection.mode === 'include') return { bytes: chosen.bytes, files: chosen.files, missing };
  return { bytes: all.bytes - chosen.bytes, files: all.files - chosen.files, missing };
}

async function totalsAt(reader: TreeReader, root: ChunkName, path: string): Promise<TreeTotals | null> {
  try {
    return totalsOf(await reader.lookup(root, decodePath(path)));
  } catch (error) {
    if (error instanceof CrossvaultError && error.code === 'not_found') return null;
    throw error;
  }
}

/** Without those that lie below another one. */
function outermost(paths: readonly string[]): string[] {
  const clean = [...new Set(paths.map((path) => encodePath(decodePath(path))))];
  const all = new Set(clean);
  return clean.filter((path) => {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
      if (all.has(path.slice(0, at))) return false;
    return path === '' || !all.has('');
  });
}
