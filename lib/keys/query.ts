import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { KmsKey, KmsKeyDetail } from './schemas';

export const keysQuery = () =>
  queryOptions({
    queryKey: ['keys', 'list'],
    queryFn: ({ signal }) => apiFetch(listOf(KmsKey), '/keys', { signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some((key) => key.state === 'creating') ? 1_000 : 30_000,
  });

/** One key with the vaults that destroying it would make unreadable. */
export const keyQuery = (id: string) =>
  queryOptions({
    queryKey: ['keys', 'one', id],
    queryFn: ({ signal }) => apiFetch(KmsKeyDetail, `/keys/${encodeURIComponent(id)}`, { signal }),
  });
