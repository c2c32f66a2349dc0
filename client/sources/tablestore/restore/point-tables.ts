import { corrupt } from '@/lib/engine/core/bytes';
import type { ChunkName } from '@/lib/engine/core/chunk';
import { nameToHex } from '@/lib/engine/core/names';
import type { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import type { RestoreSpec } from '@/lib/jobs/schemas';
import type { ChunkFetcher } from '../../../restore/chunk-fetcher';
import { selectionBelowRoot } from '../../../restore/selection';
import { decodeTableFile, type TableFile, tableFileName } from '../backup/table-file';

const maxTableFileBytes = 1024 * 1024;

/** The tables of a point that are selected, with what their `table.json` says. Also a table of which one file is. */
export async function* readPointTables(
  point: { reader: TreeReader; rootPage: ChunkName; fetcher: ChunkFetcher },
  selection: RestoreSpec['selection'],
): AsyncGenerator<TableFile> {
  const selected = selectionBelowRoot(selection);
  for await (const entry of point.reader.entries(point.rootPage)) {
    if (entry.type !== 'dir' || !selected.enter(entry.name)) continue;
    const found = await point.reader.find(entry.root, Buffer.from(tableFileName));
    if (found?.type !== 'file' || found.sizeBytes > maxTableFileBytes)
      throw corrupt(`the folder ${Buffer.from(entry.name)} does not describe a table`);
    const file = decodeTableFile(await readWhole(point, found.content, found.sizeBytes));
    if (file.table !== Buffer.from(entry.name).toString())
      throw corrupt('a table is described by another name');
    yield file;
  }
}

async function readWhole(
  { reader, fetcher }: { reader: TreeReader; fetcher: ChunkFetcher },
  content: Parameters<TreeReader['chunks']>[0],
  sizeBytes: number,
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const ref of reader.chunks(content, sizeBytes)) {
    const fetched = (await fetcher.fetch('data', [ref])).get(nameToHex(ref.name))!;
    if (fetched instanceof Error) throw fetched;
    pieces.push(fetched);
  }
  return Buffer.concat(pieces);
}
