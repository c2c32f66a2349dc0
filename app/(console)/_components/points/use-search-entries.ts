'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { entrySearchQuery } from '@/lib/backup-points/query';
import { showEntryPath } from '@/lib/backup-points/shown-entry';
import type { SourceKind } from '@/lib/schemas';
import { useLoadChildren } from './use-load-children';

/**
 * For a `FileTree` that shows what was found: its first level is the matches of the whole point with their paths, and
 * folders among them open as they do elsewhere.
 */
export function useSearchEntries(pointId: string, query: string, kind: SourceKind) {
  const queryClient = useQueryClient();
  const openFolder = useLoadChildren(pointId, kind);
  return useCallback(
    async (path: string, cursor: string | null) => {
      if (path !== '') return openFolder(path, cursor);
      const page = await queryClient.fetchQuery(entrySearchQuery(pointId, query, cursor));
      return {
        nextCursor: page.nextCursor,
        entries: page.entries.map((entry) => ({
          ...entry,
          name: showEntryPath(kind, entry.path).replace(/^\//, ''),
        })),
      };
    },
    [queryClient, openFolder, pointId, query, kind],
  );
}
