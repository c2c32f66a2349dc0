import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { CheckedProject, Project } from './schemas';

export const projectsQuery = () =>
  queryOptions({
    queryKey: ['projects'],
    queryFn: ({ signal }) => apiFetch(listOf(Project), '/projects', { signal }),
    staleTime: 60_000,
  });

/** Whose project it is; asked when somebody adds an id. */
export const checkedProjectQuery = (id: string) =>
  queryOptions({
    queryKey: ['projects', 'check', id],
    queryFn: ({ signal }) => apiFetch(CheckedProject, `/projects/${encodeURIComponent(id)}`, { signal }),
    retry: false,
  });
