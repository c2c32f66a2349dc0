import { csvLine } from '@/lib/api/csv';
import type { AuditEvent } from './schemas';

const columns: [name: string, value: (event: AuditEvent) => unknown][] = [
  ['time', (event) => event.at],
  ['action', (event) => event.action],
  ['actor_kind', (event) => event.actor.kind],
  ['actor_id', (event) => event.actor.id],
  ['actor_name', (event) => event.actor.name],
  ['resource_kind', (event) => event.resource.kind],
  ['resource_id', (event) => event.resource.id],
  ['resource_name', (event) => event.resource.name],
  ['before', (event) => event.before && JSON.stringify(event.before)],
  ['after', (event) => event.after && JSON.stringify(event.after)],
  ['ip', (event) => event.ip],
  ['request_id', (event) => event.requestId],
  ['event_id', (event) => event.id],
  ['row', (event) => event.seq],
];

export const csvHeader = csvLine(columns.map(([name]) => name));

export function toCsvLine(event: AuditEvent): string {
  return csvLine(columns.map(([, value]) => value(event)));
}
