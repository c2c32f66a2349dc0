'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { entryPageQuery } from '@/lib/backup-points/query';
import { showEntryName } from '@/lib/backup-points/shown-entry';
import type { SourceKind } from '@/lib/schemas';

/** Lists the folders of a point for a `FileTree`. What was listed once is kept: a point never changes. */
export function useLoadChildren(pointId: string, kind: SourceKind) {
  const queryClient = useQueryClient();
  return useCallback(
    async (path: string, cursor: string | null) => {
      const page = await queryClient.fetchQuery(entryPageQuery(pointId, path, cursor));
      if (kind !== 'oss') return page;
      const entries = page.entries.map((entry) => ({ ...entry, name: showEntryName(kind, entry.name) }));
      return { ...page, entries };
    },
    [queryClient, pointId, kind],
  );
}
