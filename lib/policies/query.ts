import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch } from '@/lib/api/fetch';
import { listOf, pageOf } from '@/lib/schemas';
import {
  type ListPolicyBindings,
  type ListPolicyRuns,
  Policy,
  PolicyBinding,
  PolicyPreview,
  PolicyRun,
} from './schemas';

export const policiesQuery = () =>
  queryOptions({
    queryKey: ['policies', 'list'],
    queryFn: ({ signal }) => apiFetch(listOf(Policy), '/policies', { signal }),
    refetchInterval: 10_000,
  });

export const policyQuery = (id: string) =>
  queryOptions({
    queryKey: ['policies', 'one', id],
    queryFn: ({ signal }) => apiFetch(Policy, `/policies/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: 5_000,
  });

/** What a policy as it stands comes to for each of its bindings. */
export const policyPreviewQuery = ({ id, name, rules, keepsNewest, replicates, version }: Policy) =>
  queryOptions({
    queryKey: ['policies', 'preview', id, version],
    queryFn: ({ signal }) =>
      apiFetch(PolicyPreview, '/policies/preview', {
        method: 'POST',
        body: { id, name, rules, keepsNewest, replicates },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

/** What a vault or a data source is protected by. */
export const policyBindingsQuery = (filter: z.input<typeof ListPolicyBindings> = {}) =>
  queryOptions({
    queryKey: ['policies', 'bindings', filter],
    queryFn: ({ signal }) =>
      apiFetch(listOf(PolicyBinding), '/policy-bindings', { query: { ...filter }, signal }),
    refetchInterval: 10_000,
  });

export type PolicyRunFilter = Omit<z.input<typeof ListPolicyRuns>, 'cursor'>;

export const policyRunPagesQuery = (filter: PolicyRunFilter = {}) =>
  infiniteQueryOptions({
    queryKey: ['policies', 'runs', filter],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(pageOf(PolicyRun), '/policy-runs', { query: { ...filter, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });
