'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { entryPageQuery } from '@/lib/backup-points/query';

/** Lists the folders of a point for a `FileTree`. What was listed once is kept: a point never changes. */
export function useLoadChildren(pointId: string) {
  const queryClient = useQueryClient();
  return useCallback(
    (path: string, cursor: string | null) => queryClient.fetchQuery(entryPageQuery(pointId, path, cursor)),
    [queryClient, pointId],
  );
}
