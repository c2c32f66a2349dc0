import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch } from '@/lib/api/fetch';
import { pageOf } from '@/lib/schemas';
import { BackupPoint, EntryPage, EntrySearch, type ListBackupPoints, PointSearch } from './schemas';

export type BackupPointFilter = z.input<typeof ListBackupPoints>;

const pathOf = (id: string) => `/backup-points/${encodeURIComponent(id)}`;

export const backupPointsQuery = (filter: BackupPointFilter = {}) =>
  queryOptions({
    queryKey: ['backup-points', 'list', filter],
    queryFn: ({ signal }) =>
      apiFetch(pageOf(BackupPoint), '/backup-points', { query: { ...filter }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });

/** The same list, page after page. */
export const backupPointPagesQuery = (filter: Omit<BackupPointFilter, 'cursor'> = {}) =>
  infiniteQueryOptions({
    queryKey: ['backup-points', 'pages', filter],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(pageOf(BackupPoint), '/backup-points', { query: { ...filter, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });

export const backupPointQuery = (id: string) =>
  queryOptions({
    queryKey: ['backup-points', 'one', id],
    queryFn: ({ signal }) => apiFetch(BackupPoint, pathOf(id), { signal }),
  });

/** What a point holds under a name, page by page. */
export const entrySearchQuery = (pointId: string, query: string, cursor: string | null) =>
  queryOptions({
    queryKey: ['backup-points', 'search', pointId, query, cursor],
    queryFn: ({ signal }) =>
      apiFetch(EntrySearch, `${pathOf(pointId)}/search`, { query: { query, cursor }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Points of a source that hold a path or a name, page after page. */
export const pointSearchQuery = (filter: { query: string; sourceId?: string; vaultId?: string }) =>
  infiniteQueryOptions({
    queryKey: ['backup-points', 'holding', filter],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(PointSearch, '/backup-point-search', { query: { ...filter, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    enabled: filter.query !== '',
  });

/** One page of the folder `path` inside a point. What a point holds never changes. */
export const entryPageQuery = (pointId: string, path: string, cursor: string | null) =>
  queryOptions({
    queryKey: ['backup-points', 'entries', pointId, path, cursor],
    queryFn: ({ signal }) =>
      apiFetch(EntryPage, `${pathOf(pointId)}/entries`, { query: { path, cursor }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
