import { type Route, route, streamRoute } from '@/lib/api/route';
import { pageOf } from '@/lib/schemas';
import { exportAuditEvents } from './export-audit-events';
import { listAuditEvents } from './list-audit-events';
import { AuditEvent } from './schemas';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/audit-events',
    tag: 'audit',
    summary: 'List audit events',
    verb: listAuditEvents,
    response: pageOf(AuditEvent),
  }),
  streamRoute({
    method: 'GET',
    path: '/audit-events/export',
    tag: 'audit',
    summary: 'Export audit events as CSV',
    description: 'Every event of the filter; `cursor` and `limit` have no effect.',
    verb: listAuditEvents,
    contentType: 'text/csv; charset=utf-8',
    filename: 'crossvault-audit.csv',
    stream: exportAuditEvents,
  }),
];
