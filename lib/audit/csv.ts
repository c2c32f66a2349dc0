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
];

export const csvHeader = `${columns.map(([name]) => name).join(',')}\r\n`;

/** One line of RFC 4180. */
export function toCsvLine(event: AuditEvent): string {
  return `${columns.map(([, value]) => field(value(event))).join(',')}\r\n`;
}

function field(value: unknown): string {
  const text = String(value ?? '');
  // A spreadsheet would run a name such as `=HYPERLINK(…)` as a formula; a quote in front makes it text.
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
