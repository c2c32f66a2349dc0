import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { Region } from './schemas';

export const regionsQuery = () =>
  queryOptions({
    queryKey: ['regions'],
    queryFn: ({ signal }) => apiFetch(listOf(Region), '/regions', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
