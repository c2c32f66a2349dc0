import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch, apiPath } from '@/lib/api/fetch';
import { pageOf } from '@/lib/schemas';
import { AuditChain, AuditCheck, AuditEvent, type ListAuditEvents } from './schemas';

export type AuditFilter = z.input<typeof ListAuditEvents>;

/** The list, page after page. */
export const auditEventPagesQuery = (filter: Omit<AuditFilter, 'cursor'> = {}) =>
  infiniteQueryOptions({
    queryKey: ['audit-events', 'pages', filter],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(pageOf(AuditEvent), '/audit-events', { query: { ...filter, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });

/** A link that downloads every event of the filter. */
export function auditExportHref(
  { action, resourceId, query, from, to }: AuditFilter = {},
  format: 'csv' | 'json' = 'csv',
): string {
  const path = format === 'csv' ? '/audit-events/export' : '/audit-events/export-json';
  return apiPath(path, { action, resourceId, query, from, to });
}

export const signedExportHref = () => apiPath('/audit-events/signed-export');
export const auditKeyHref = () => apiPath('/audit-key');

export const auditChainQuery = () =>
  queryOptions({
    queryKey: ['audit-chain'],
    queryFn: ({ signal }) => apiFetch(AuditChain, '/audit-chain', { signal }),
  });

export const auditCheckQuery = () =>
  queryOptions({
    queryKey: ['audit-chain', 'check'],
    queryFn: ({ signal }) => apiFetch(AuditCheck, '/audit-chain/check', { signal }),
    enabled: false,
  });
