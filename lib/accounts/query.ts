import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { AccessKey, Me } from './schemas';

export const meQuery = () =>
  queryOptions({
    queryKey: ['me'],
    queryFn: ({ signal }) => apiFetch(Me, '/me', { signal }),
    staleTime: 60_000,
  });

export const accessKeysQuery = () =>
  queryOptions({
    queryKey: ['access-keys'],
    queryFn: ({ signal }) => apiFetch(listOf(AccessKey), '/access-keys', { signal }),
  });
