import type { z } from 'zod';
import type { Entry, EntryPage, ListEntries } from '@/lib/backup-points/schemas';
import type { TreeEntry, TreeTotals } from '@/lib/engine/core';
import { addTotals, noTotals } from '@/lib/engine/core/tree/fields';
import { totalsOf } from '@/lib/engine/core/tree/tree-builder';
import { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import { CrossvaultError } from '@/lib/errors';
import type { RestoreSpec } from '@/lib/jobs/schemas';
import type { EstimateRestore, RestoreEstimate } from '@/lib/restores/schemas';
import type { VaultEnvironment } from '../vaults';
import { openPoint } from './open-point';
import { decodePath, encodePath } from './tree-path';

type Query = z.output<typeof ListEntries>;

/** One page of a folder of a point, in the tree's order: the byte order of names. The cursor is the last name, in hex. */
export async function listEntries(
  environment: VaultEnvironment,
  accountId: string,
  query: Query,
): Promise<z.output<typeof EntryPage>> {
  const point = await openPoint(environment, accountId, query.pointId);
  const tree = new TreeReader(point.load);
  const path = decodePath(query.path);
  const folder = path.length === 0 ? null : await tree.lookup(point.rootPage, path);
  if (folder && folder.type !== 'dir') {
    throw new CrossvaultError('not_found', 'This path of the backup point is not a folder.');
  }
  const { entries, next } = await tree.list(folder?.root ?? point.rootPage, {
    after: decodeCursor(query.cursor),
    limit: query.limit,
  });
  return {
    entries: entries.map((entry) => toEntry(entry, path)),
    nextCursor: next && Buffer.from(next).toString('hex'),
  };
}

/** What a selection comes to, from the totals that the tree keeps: no folder below a chosen one is read. */
export async function estimateRestore(
  environment: VaultEnvironment,
  accountId: string,
  { pointId, selection }: z.output<typeof EstimateRestore>,
): Promise<RestoreEstimate> {
  const point = await openPoint(environment, accountId, pointId);
  const { sourceBytes, fileCount, folderCount } = point.row;
  const all: TreeTotals = { bytes: sourceBytes, files: fileCount, dirs: folderCount };
  if (selection.mode === 'all') return toEstimate(all);
  const tree = new TreeReader(point.load);
  let chosen = noTotals;
  for (const path of outermost(selection)) {
    if (path.length === 0) chosen = all;
    else chosen = addTotals(chosen, totalsOf(await tree.lookup(point.rootPage, path)));
  }
  if (selection.mode === 'include') return toEstimate(chosen);
  return toEstimate({
    bytes: all.bytes - chosen.bytes,
    files: all.files - chosen.files,
    dirs: all.dirs - chosen.dirs,
  });
}

/** Without paths that lie in another chosen one, and without repetitions. */
function outermost(selection: Exclude<RestoreSpec['selection'], { mode: 'all' }>): Buffer[][] {
  const paths = new Map(
    selection.paths.map((path) => [`/${encodePath(decodePath(path))}/`, decodePath(path)]),
  );
  if (paths.has('//')) return [[]];
  const isInside = (path: string) => {
    for (let at = path.lastIndexOf('/', path.length - 2); at > 0; at = path.lastIndexOf('/', at - 1)) {
      if (paths.has(path.slice(0, at + 1))) return true;
    }
    return false;
  };
  return [...paths].filter(([path]) => !isInside(path)).map(([, names]) => names);
}

function toEstimate({ bytes, files, dirs }: TreeTotals): RestoreEstimate {
  return { bytes, files, folders: dirs };
}

const types = { file: 'file', dir: 'folder', symlink: 'symlink' } as const;

export function toEntry(entry: TreeEntry, folder: readonly Uint8Array[]): Entry {
  const totals = totalsOf(entry);
  return {
    name: Buffer.from(entry.name).toString('utf8'),
    path: encodePath([...folder, entry.name]),
    type: types[entry.type as keyof typeof types] ?? 'other',
    sizeBytes: totals.bytes,
    fileCount: entry.type === 'dir' ? entry.totals.files : totals.files,
    mode: entry.mode,
    modifiedAt: toIsoTime(entry.mtimeNs),
    linkTarget: entry.type === 'symlink' ? Buffer.from(entry.target).toString('utf8') : null,
  };
}

/** Times that no date can hold show as the nearest one. */
function toIsoTime(nanoseconds: bigint): string {
  const [first, last] = [-62_135_596_800_000, 253_402_300_799_999];
  return new Date(Math.max(first, Math.min(Number(nanoseconds / 1_000_000n), last))).toISOString();
}

function decodeCursor(cursor: string | undefined): Buffer | undefined {
  if (cursor === undefined) return undefined;
  if (!/^(?:[0-9a-f]{2}){1,255}$/.test(cursor)) {
    throw new CrossvaultError('invalid_input', 'This cursor is not from an earlier page.');
  }
  return Buffer.from(cursor, 'hex');
}
