import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch } from '@/lib/api/fetch';
import { pageOf } from '@/lib/schemas';
import { Backup, type ListBackups } from './schemas';

export type BackupFilter = Omit<z.input<typeof ListBackups>, 'cursor'>;

export const backupPagesQuery = (filter: BackupFilter = {}) =>
  infiniteQueryOptions({
    queryKey: ['backups', 'pages', filter],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(pageOf(Backup), '/backups', { query: { ...filter, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });

export const backupQuery = (id: string) =>
  queryOptions({
    queryKey: ['backups', 'one', id],
    queryFn: ({ signal }) => apiFetch(Backup, `/backups/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: 15_000,
  });
