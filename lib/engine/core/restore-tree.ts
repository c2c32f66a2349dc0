import { CrossvaultError } from '@/lib/errors';
import type { ChunkName } from './chunk';
import type { RestoreOutcome, RestoreWriter } from './restore-writer';
import { Slots } from './slots';
import type { ChunkRef, TreeEntry } from './tree/entry';
import type { TreeReader, WalkedEntry } from './tree/tree-reader';

export interface RestoreReport {
  files: number;
  dirs: number;
  links: number;
  bytes: number;
  skipped: number;
  keptBoth: number;
  /** Entries that could not be restored, with the reason; the others were. */
  failures: { path: readonly Uint8Array[]; error: Error }[];
}

export interface RestoreTreeOptions {
  tree: TreeReader;
  root: ChunkName;
  writer: RestoreWriter;
  /** Fetches chunks in order, some ahead of what is consumed. */
  readChunks(chunks: AsyncIterable<ChunkRef>): AsyncIterable<Uint8Array>;
  /** Whether to restore an entry; a folder that is not wanted is not entered. Default: everything. */
  select?(walked: WalkedEntry): boolean;
  onProgress?(report: Readonly<RestoreReport>): void;
  signal?: AbortSignal;
}

/** These concern the store or the work as a whole: going on with the next file would only repeat them. */
const endsRestore = new Set<string>([
  'storage_unavailable',
  'unavailable',
  'unauthenticated',
  'forbidden',
  'key_unavailable',
]);

/** Files written at a time: small ones cost system calls that wait, not bytes. */
const filesInFlight = 8;

/**
 * Restores a tree, or what is selected of it. One entry that cannot be restored does not stop the others: it is reported.
 * @throws when the store fails or `signal` is aborted; what was written stays, whole files only.
 */
export async function restoreTree(options: RestoreTreeOptions): Promise<RestoreReport> {
  const { tree, root, writer, select = () => true, onProgress, signal } = options;
  const report: RestoreReport = {
    files: 0,
    dirs: 0,
    links: 0,
    bytes: 0,
    skipped: 0,
    keptBoth: 0,
    failures: [],
  };
  const unwanted = new WeakSet<TreeEntry>();
  const slots = new Slots(filesInFlight);
  const working = new Set<Promise<void>>();
  let fatal: { error: unknown } | null = null;
  const restore = async (walked: WalkedEntry) => {
    try {
      await restoreEntry(options, walked, report);
    } catch (error) {
      if (signal?.aborted || (error instanceof CrossvaultError && endsRestore.has(error.code))) {
        fatal ??= { error };
        return;
      }
      report.failures.push({ path: [...walked.path, walked.entry.name], error: error as Error });
      unwanted.add(walked.entry);
    }
    onProgress?.(report);
  };
  const stopIfOver = () => {
    signal?.throwIfAborted();
    if (fatal) throw fatal.error;
  };
  try {
    for await (const walked of tree.walk(root, ({ entry }) => !unwanted.has(entry))) {
      stopIfOver();
      if (!select(walked)) {
        unwanted.add(walked.entry);
      } else if (walked.entry.type === 'file') {
        await slots.take();
        const work = restore(walked).finally(() => {
          slots.give();
          working.delete(work);
        });
        working.add(work);
      } else {
        // A folder is there before anything is written into it.
        await restore(walked);
      }
    }
  } finally {
    await Promise.all(working);
  }
  stopIfOver();
  const { links, skippedLinks, failures } = await writer.finish();
  report.failures.push(...failures);
  report.links += links;
  report.skipped += skippedLinks;
  onProgress?.(report);
  return report;
}

async function restoreEntry(
  { tree, writer, readChunks, onProgress, signal }: RestoreTreeOptions,
  { path, entry }: WalkedEntry,
  report: RestoreReport,
): Promise<void> {
  if (entry.type === 'dir') {
    await writer.dir(path, entry);
    report.dirs++;
  } else if (entry.type === 'symlink') {
    writer.symlink(path, entry);
  } else if (entry.type === 'file') {
    const content = async function* () {
      for await (const bytes of readChunks(tree.chunks(entry.content, entry.sizeBytes))) {
        signal?.throwIfAborted();
        yield bytes;
        report.bytes += bytes.length;
        onProgress?.(report);
      }
    };
    count(await writer.file(path, entry, content), report);
  } else {
    count(await writer.special(path, entry), report);
  }
}

function count(outcome: RestoreOutcome, report: RestoreReport): void {
  if (outcome === 'skipped') report.skipped++;
  else report.files++;
  if (outcome === 'kept_both') report.keptBoth++;
}
