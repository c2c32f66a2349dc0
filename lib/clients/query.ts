import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { BackupClient } from './schemas';

export const clientsQuery = () =>
  queryOptions({
    queryKey: ['clients', 'list'],
    queryFn: ({ signal }) => apiFetch(listOf(BackupClient), '/clients', { signal }),
    refetchInterval: 5_000,
  });

export const clientQuery = (id: string) =>
  queryOptions({
    queryKey: ['clients', 'one', id],
    queryFn: ({ signal }) => apiFetch(BackupClient, `/clients/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: 5_000,
  });
