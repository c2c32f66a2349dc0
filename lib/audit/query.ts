import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch, apiPath } from '@/lib/api/fetch';
import { pageOf } from '@/lib/schemas';
import { AuditEvent, type ListAuditEvents } from './schemas';

export type AuditFilter = z.input<typeof ListAuditEvents>;

export const auditEventsQuery = (filter: AuditFilter = {}) =>
  queryOptions({
    queryKey: ['audit-events', filter],
    queryFn: ({ signal }) => apiFetch(pageOf(AuditEvent), '/audit-events', { query: { ...filter }, signal }),
    placeholderData: keepPreviousData,
  });

/** The same list, page after page. */
export const auditEventPagesQuery = (filter: Omit<AuditFilter, 'cursor'> = {}) =>
  infiniteQueryOptions({
    queryKey: ['audit-events', 'pages', filter],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(pageOf(AuditEvent), '/audit-events', { query: { ...filter, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });

/** A link that downloads every event of the filter as CSV. */
export function auditExportHref({ action, resourceId, query }: AuditFilter = {}): string {
  return apiPath('/audit-events/export', { action, resourceId, query });
}
