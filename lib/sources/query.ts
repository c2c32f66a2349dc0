import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { DataSource, Question } from './schemas';

export const dataSourcesQuery = () =>
  queryOptions({
    queryKey: ['data-sources'],
    queryFn: ({ signal }) => apiFetch(listOf(DataSource), '/data-sources', { signal }),
    refetchInterval: 10_000,
  });

export const dataSourceQuery = (id: string) =>
  queryOptions({
    queryKey: ['data-sources', id],
    queryFn: ({ signal }) => apiFetch(DataSource, `/data-sources/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: 3_000,
  });

/** Asks until the answer is there, or the minute is over. */
export const questionQuery = (id: string) =>
  queryOptions({
    queryKey: ['data-source-questions', id],
    queryFn: ({ signal }) =>
      apiFetch(Question, `/data-source-questions/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'open' ? false : 400),
  });
