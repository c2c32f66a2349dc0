import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { ResourceGroup } from './schemas';

export const resourceGroupsQuery = () =>
  queryOptions({
    queryKey: ['resource-groups'],
    queryFn: ({ signal }) => apiFetch(listOf(ResourceGroup), '/resource-groups', { signal }),
  });
