import type { ChunkRef, FileEntry, TreeEntry } from '@/lib/engine/core';
import type { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import { loadChunks, type OpenPoint } from '../open-point';
import type { ArchiveItem } from './archive-format';

/** Chunks of small files that are looked up together, and their bytes. */
const maxChunks = 64;
const maxBytes = 4 * 1024 * 1024;

interface Waiting {
  path: readonly Uint8Array[];
  entry: TreeEntry;
  chunks: ChunkRef[];
}

/**
 * Everything below a folder with its bytes, in the tree's order. The chunks of many small files are looked up at once; of a
 * large file, as it is sent.
 */
export async function* pointItems(
  tree: TreeReader,
  point: OpenPoint,
  folder: { name: Uint8Array; root: Uint8Array },
  readFile: (file: FileEntry) => AsyncIterable<Uint8Array>,
): AsyncGenerator<ArchiveItem> {
  let batch: Waiting[] = [];
  let [chunks, bytes] = [0, 0];
  for await (const { path, entry } of tree.walk(folder.root)) {
    const whole = [folder.name, ...path, entry.name];
    const inline = entry.type === 'file' && entry.content.kind === 'inline' ? entry.content.chunks : null;
    if (entry.type === 'file' && (!inline || entry.sizeBytes > maxBytes || inline.length > maxChunks)) {
      yield* settle(point, batch);
      [batch, chunks, bytes] = [[], 0, 0];
      yield { path: whole, entry, bytes: readFile(entry) };
      continue;
    }
    batch.push({ path: whole, entry, chunks: inline ?? [] });
    chunks += inline?.length ?? 0;
    bytes += entry.type === 'file' ? entry.sizeBytes : 0;
    if (chunks < maxChunks && bytes < maxBytes && batch.length < 10 * maxChunks) continue;
    yield* settle(point, batch);
    [batch, chunks, bytes] = [[], 0, 0];
  }
  yield* settle(point, batch);
}

async function* settle(point: OpenPoint, batch: readonly Waiting[]): AsyncGenerator<ArchiveItem> {
  const names = batch.flatMap(({ chunks }) => chunks.map(({ name }) => name));
  if (names.length > 0) await point.vault.requireKey();
  const loaded = loadChunks(point.vault, point.lineage, point.reader, names);
  try {
    for (const { path, entry, chunks } of batch) {
      // Read before it is handed on: who writes the archive may leave a file out.
      const pieces: Uint8Array[] = [];
      for (const _ of chunks) {
        const step = await loaded.next();
        if (!step.done) pieces.push(Uint8Array.from(step.value.bytes));
      }
      yield { path, entry, bytes: inOrder(pieces) };
    }
  } finally {
    await loaded.return(undefined);
  }
}

async function* inOrder(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}
