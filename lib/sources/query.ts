import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { DataSource } from './schemas';

export const dataSourcesQuery = () =>
  queryOptions({
    queryKey: ['data-sources'],
    queryFn: ({ signal }) => apiFetch(listOf(DataSource), '/data-sources', { signal }),
    refetchInterval: 10_000,
  });
