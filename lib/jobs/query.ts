import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch } from '@/lib/api/fetch';
import { pageOf } from '@/lib/schemas';
import { Job, type ListJobs } from './schemas';

export type JobFilter = z.input<typeof ListJobs>;

const isOpen = (job: Job) => job.status === 'queued' || job.status === 'running';

export const jobsQuery = (filter: JobFilter = {}) =>
  queryOptions({
    queryKey: ['jobs', 'list', filter],
    queryFn: ({ signal }) => apiFetch(pageOf(Job), '/jobs', { query: { ...filter }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.items.some(isOpen) ? 1_000 : 5_000),
  });

/** The same list, page after page. */
export const jobPagesQuery = (filter: Omit<JobFilter, 'cursor'> = {}) =>
  infiniteQueryOptions({
    queryKey: ['jobs', 'pages', filter],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(pageOf(Job), '/jobs', { query: { ...filter, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some(isOpen)) ? 1_000 : 5_000,
  });

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['jobs', 'one', id],
    queryFn: ({ signal }) => apiFetch(Job, `/jobs/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (state.data === undefined || isOpen(state.data) ? 1_000 : false),
  });
