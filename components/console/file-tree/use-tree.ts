'use client';

import { useMemo, useState } from 'react';
import { type LoadChildren, useFolders } from './use-folders';
import { listVisibleRows, type TreeRow } from './visible-rows';

/** Which folders are open, which row the keyboard is on, and the rows that follow from both. */
export function useTree(loadChildren: LoadChildren) {
  const { folders, load } = useFolders(loadChildren);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [place, setPlace] = useState({ key: '', index: 0 });
  const rows = useMemo(() => listVisibleRows(folders, open), [folders, open]);

  // A row that says "loading" gives way to entries: the keyboard then stays at the same height.
  const found = rows.findIndex((row) => row.kind === 'entry' && row.key === place.key);
  const active = found >= 0 ? found : Math.max(0, Math.min(place.index, rows.length - 1));

  const moveTo = (index: number) => setPlace({ key: rows[index]?.key ?? '', index });
  const toggleOpen = (row: TreeRow) => {
    if (row.kind !== 'entry' || row.entry.type !== 'folder') return;
    const { path } = row.entry;
    if (!row.isOpen && !folders.has(path)) void load(path);
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  };
  return { rows, active, moveTo, toggleOpen, load };
}
