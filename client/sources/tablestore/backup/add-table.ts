import { computeName } from '@/lib/engine/core/names';
import { ContentBuilder, type TreeBuilder } from '@/lib/engine/core/tree/tree-builder';
import type { TreePass } from '../../../backup/run-tree-backup';
import { rowFormatVersion } from '../rows/row-format';
import { groupsOf, type ScannedRange } from './range-scan';
import { encodeTableFile, rangeFileName, rowsFolderName, type TableFile, tableFileName } from './table-file';
import type { ScannedTable } from './table-scan';

const owner = { uid: 0, gid: 0 };

/** A table as a folder of the point: `rows/` with one file a range, then `table.json`. */
export async function addTable(
  tree: TreeBuilder,
  pass: Pick<TreePass, 'namingKey' | 'uploader'>,
  instance: string,
  table: ScannedTable,
): Promise<void> {
  const file = describeTable(table, instance);
  const mtimeNs = toNanoseconds(file.newestVersion);
  const folder = (name: string) => ({ ...owner, name: Buffer.from(name), mode: 0o700, mtimeNs });
  await tree.enterDir(folder(table.name));
  await tree.enterDir(folder(rowsFolderName));
  for (const [index, range] of table.ranges.entries())
    await addRange(tree, pass, rangeFileName(index), range);
  await tree.leaveDir();
  await addTableFile(tree, pass, file, mtimeNs);
  await tree.leaveDir();
}

function describeTable(table: ScannedTable, instance: string): TableFile {
  const { ranges } = table;
  const sum = (of: (range: ScannedRange) => number) => ranges.reduce((total, range) => total + of(range), 0);
  const oldest = ranges.flatMap((range) => range.oldest ?? []).reduce(lower, null);
  const newest = ranges.flatMap((range) => range.newest ?? []).reduce(higher, null);
  return {
    rowFormat: rowFormatVersion,
    table: table.name,
    instance,
    schema: table.schema,
    rows: sum(({ rows }) => rows),
    bytes: sum(({ bytes }) => bytes),
    oldestVersion: oldest?.toString() ?? null,
    newestVersion: newest?.toString() ?? null,
    read: {
      from: table.readFrom.toISOString(),
      until: table.readUntil.toISOString(),
      rowsWrittenMeanwhile: sum(({ writtenMeanwhile }) => writtenMeanwhile),
      hasSchemaChanged: table.hasSchemaChanged,
    },
  };
}

async function addRange(
  tree: TreeBuilder,
  { namingKey, uploader }: Pick<TreePass, 'namingKey' | 'uploader'>,
  name: string,
  range: ScannedRange,
): Promise<void> {
  const content = new ContentBuilder(namingKey, (page) => uploader.add(page));
  for (const group of groupsOf(range)) await content.add(group.name, group.length);
  await tree.add({
    ...owner,
    type: 'file',
    name: Buffer.from(name),
    mode: 0o600,
    mtimeNs: toNanoseconds(range.newest?.toString() ?? null),
    sizeBytes: content.sizeBytes,
    content: await content.finish(),
  });
}

async function addTableFile(
  tree: TreeBuilder,
  { namingKey, uploader }: Pick<TreePass, 'namingKey' | 'uploader'>,
  file: TableFile,
  mtimeNs: bigint,
): Promise<void> {
  const bytes = encodeTableFile(file);
  const name = computeName(namingKey, 'data', bytes);
  await uploader.add({ name, type: 'data', bytes });
  await tree.add({
    ...owner,
    type: 'file',
    name: Buffer.from(tableFileName),
    mode: 0o600,
    mtimeNs,
    sizeBytes: bytes.length,
    content: { kind: 'inline', chunks: [{ name, length: bytes.length }] },
  });
}

const maxNs = 2n ** 63n - 1n;
/** The newest version stands for the time of the last change: it does not depend on when the table was read. */
function toNanoseconds(milliseconds: string | null): bigint {
  const ns = BigInt(milliseconds ?? 0) * 1_000_000n;
  return ns > maxNs ? maxNs : ns;
}

const lower = (a: bigint | null, b: bigint) => (a === null || b < a ? b : a);
const higher = (a: bigint | null, b: bigint) => (a === null || b > a ? b : a);
