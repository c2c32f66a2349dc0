import type { Entry } from '@/lib/backup-points/schemas';

/** What is known of a folder's content. */
export interface Folder {
  entries: Entry[];
  nextCursor: string | null;
  status: 'loading' | 'loaded' | 'failed';
}

export type Folders = ReadonlyMap<string, Folder>;

export type TreeRow =
  | { kind: 'entry'; key: string; level: number; entry: Entry; isOpen: boolean; parent: string }
  | { kind: 'loading' | 'more' | 'failed' | 'empty'; key: string; level: number; parent: string };

/** The rows of the tree from top to bottom: open folders with their content, and what is still to come of each. */
export function listVisibleRows(
  folders: Folders,
  open: ReadonlySet<string>,
  parent = '',
  level = 1,
): TreeRow[] {
  const rows: TreeRow[] = [];
  addRows(rows, folders, open, parent, level);
  return rows;
}

/** Into one list: a folder of very many entries is more than a call takes as arguments. */
function addRows(
  rows: TreeRow[],
  folders: Folders,
  open: ReadonlySet<string>,
  parent: string,
  level: number,
): void {
  const folder = folders.get(parent);
  if (!folder) {
    rows.push({ kind: 'loading', key: `${parent}?loading`, level, parent });
    return;
  }
  for (const entry of folder.entries) {
    const isOpen = entry.type === 'folder' && open.has(entry.path);
    rows.push({ kind: 'entry', key: entry.path, level, entry, isOpen, parent });
    if (isOpen) addRows(rows, folders, open, entry.path, level + 1);
  }
  if (folder.status === 'loading') rows.push({ kind: 'loading', key: `${parent}?loading`, level, parent });
  else if (folder.status === 'failed') rows.push({ kind: 'failed', key: `${parent}?failed`, level, parent });
  else if (folder.nextCursor) rows.push({ kind: 'more', key: `${parent}?more`, level, parent });
  else if (folder.entries.length === 0) rows.push({ kind: 'empty', key: `${parent}?empty`, level, parent });
}
