import { and, count, eq, gte, ilike, lt, or } from 'drizzle-orm';
import { cutPage, keyset } from '@/db/keyset';
import { auditChain, auditEvents } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { type AuditEvent, ListAuditEvents } from './schemas';

/** Newest first. `query` looks in the names and ids of actors and resources. */
export const listAuditEvents = readVerb({
  action: 'audit.list',
  permission: 'audit.read',
  input: ListAuditEvents,
  async run({ tx, input }) {
    const filter = and(
      input.action ? eq(auditEvents.action, input.action) : undefined,
      input.actorId ? eq(auditEvents.actorId, input.actorId) : undefined,
      input.actorKind ? eq(auditEvents.actorKind, input.actorKind) : undefined,
      input.resourceKind ? eq(auditEvents.resourceKind, input.resourceKind) : undefined,
      input.resourceId ? eq(auditEvents.resourceId, input.resourceId) : undefined,
      input.from ? gte(auditEvents.at, new Date(input.from)) : undefined,
      input.to ? lt(auditEvents.at, new Date(input.to)) : undefined,
      input.query ? search(input.query) : undefined,
    );
    const place = keyset(auditEvents.id, auditEvents.id, 'desc', input.cursor);
    const found = await tx
      .select({ event: auditEvents, seq: auditChain.seq, cursor: place.cursor })
      .from(auditEvents)
      .innerJoin(auditChain, eq(auditChain.eventId, auditEvents.id))
      .where(and(filter, place.after))
      .orderBy(...place.orderBy)
      .limit(input.limit + 1);
    const [all] = await tx.select({ total: count() }).from(auditEvents).where(filter);
    const { rows, nextCursor } = cutPage(found, input.limit);
    return { items: rows.map((row) => toAuditEvent(row.event, row.seq)), nextCursor, total: all?.total ?? 0 };
  },
});

function search(query: string) {
  const pattern = `%${query.replace(/[\\%_]/g, '\\$&')}%`;
  const columns = [
    auditEvents.actorName,
    auditEvents.actorId,
    auditEvents.action,
    auditEvents.resourceId,
    auditEvents.resourceName,
  ];
  return or(...columns.map((column) => ilike(column, pattern)));
}

function toAuditEvent(row: typeof auditEvents.$inferSelect, seq: number): AuditEvent {
  return {
    id: row.id,
    seq,
    at: row.at.toISOString(),
    actor: { kind: row.actorKind, id: row.actorId, name: row.actorName },
    action: row.action,
    resource: { kind: row.resourceKind, id: row.resourceId, name: row.resourceName },
    before: row.before ?? null,
    after: row.after ?? null,
    ip: row.ip,
    requestId: row.requestId,
  };
}
