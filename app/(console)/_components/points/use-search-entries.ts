'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { showPath } from '@/lib/backup-points/encoded-path';
import { entryPageQuery, entrySearchQuery } from '@/lib/backup-points/query';

/**
 * For a `FileTree` that shows what was found: its first level is the matches of the whole point with their paths, and
 * folders among them open as they do elsewhere.
 */
export function useSearchEntries(pointId: string, query: string) {
  const queryClient = useQueryClient();
  return useCallback(
    async (path: string, cursor: string | null) => {
      if (path !== '') return queryClient.fetchQuery(entryPageQuery(pointId, path, cursor));
      const page = await queryClient.fetchQuery(entrySearchQuery(pointId, query, cursor));
      return {
        nextCursor: page.nextCursor,
        entries: page.entries.map((entry) => ({ ...entry, name: showPath(entry.path) })),
      };
    },
    [queryClient, pointId, query],
  );
}
