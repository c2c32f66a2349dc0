import { type Route, route, streamRoute } from '@/lib/api/route';
import { pageOf } from '@/lib/schemas';
import { exportAuditCsv, exportAuditJson } from './export-audit-events';
import { exportAuditKey, exportSignedAudit, getSignedHead } from './export-signed-audit';
import { checkAuditChain, getAuditChain } from './get-audit-chain';
import { listAuditEvents } from './list-audit-events';
import { AuditChain, AuditCheck, AuditEvent } from './schemas';

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
    stream: exportAuditCsv,
  }),
  streamRoute({
    method: 'GET',
    path: '/audit-events/export-json',
    tag: 'audit',
    summary: 'Export audit events as JSON lines',
    description: 'Every event of the filter; `cursor` and `limit` have no effect.',
    verb: listAuditEvents,
    contentType: 'application/jsonl; charset=utf-8',
    filename: 'crossvault-audit.jsonl',
    stream: exportAuditJson,
  }),
  streamRoute({
    method: 'GET',
    path: '/audit-events/signed-export',
    tag: 'audit',
    summary: 'Export the whole audit with its chain and a signed head',
    description: 'All rows, oldest first, as `crossvault audit verify` checks them.',
    verb: getSignedHead,
    contentType: 'application/jsonl; charset=utf-8',
    filename: 'crossvault-audit-signed.jsonl',
    stream: exportSignedAudit,
  }),
  streamRoute({
    method: 'GET',
    path: '/audit-key',
    tag: 'audit',
    summary: 'Download the public key of the audit’s signatures',
    description: 'An Ed25519 public key as PEM; one for the whole installation.',
    verb: getSignedHead,
    contentType: 'application/x-pem-file',
    filename: 'crossvault-audit-key.pem',
    stream: exportAuditKey,
  }),
  route({
    method: 'GET',
    path: '/audit-chain',
    tag: 'audit',
    summary: 'Tell where the audit chain stands',
    verb: getAuditChain,
    response: AuditChain,
  }),
  route({
    method: 'GET',
    path: '/audit-chain/check',
    tag: 'audit',
    summary: 'Compute the hashes of the audit chain anew',
    description: 'Names the first row that does not fit.',
    verb: checkAuditChain,
    response: AuditCheck,
  }),
];
