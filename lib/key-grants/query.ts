import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { KeyGrant, type ListKeyGrants } from './schemas';

export const keyGrantsQuery = (filter: z.input<typeof ListKeyGrants> = {}) =>
  queryOptions({
    queryKey: ['key-grants', filter],
    queryFn: ({ signal }) => apiFetch(listOf(KeyGrant), '/key-grants', { query: { ...filter }, signal }),
  });
