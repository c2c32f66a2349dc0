import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { HanaInstance } from './schemas';

export const hanaInstanceQuery = (sourceId: string) =>
  queryOptions({
    queryKey: ['data-sources', sourceId, 'hana'],
    queryFn: ({ signal }) =>
      apiFetch(HanaInstance, `/data-sources/${encodeURIComponent(sourceId)}/hana`, { signal }),
    refetchInterval: 30_000,
  });
