'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Entry } from '@/lib/backup-points/schemas';
import type { Folder, Folders } from './visible-rows';

/** Lists one folder, a page at a time; the empty path is the root. Keep it stable: a new function starts the tree anew. */
export type LoadChildren = (
  path: string,
  cursor: string | null,
) => Promise<{ entries: Entry[]; nextCursor: string | null }>;

/** The content of the folders opened so far. `load` fetches a folder's first or next page; a repeated call while one runs does nothing. */
export function useFolders(loadChildren: LoadChildren) {
  const [state, setState] = useState<{ source: LoadChildren; folders: Folders }>({
    source: loadChildren,
    folders: new Map(),
  });
  const pending = useRef(new Set<string>());
  const folders = state.source === loadChildren ? state.folders : noFolders;
  const latest = useRef(folders);
  useEffect(() => {
    latest.current = folders;
  }, [folders]);

  const load = useCallback(
    async (path: string) => {
      if (pending.current.has(path)) return;
      pending.current.add(path);
      const known = latest.current.get(path);
      const put = (folder: Folder) =>
        setState((old) => {
          const base = old.source === loadChildren ? old.folders : noFolders;
          return { source: loadChildren, folders: new Map(base).set(path, folder) };
        });
      const entries = known?.entries ?? [];
      const cursor = known?.nextCursor ?? null;
      put({ entries, nextCursor: cursor, status: 'loading' });
      try {
        const page = await loadChildren(path, cursor);
        put({ entries: [...entries, ...page.entries], nextCursor: page.nextCursor, status: 'loaded' });
      } catch {
        // The row says that the folder could not be listed and offers to try again.
        put({ entries, nextCursor: cursor, status: 'failed' });
      } finally {
        pending.current.delete(path);
      }
    },
    [loadChildren],
  );

  useEffect(() => {
    pending.current.clear();
    void load('');
  }, [load]);

  return { folders, load };
}

const noFolders: Folders = new Map();
