import { z } from 'zod';
import { isoTime, listPage } from '@/lib/schemas';

export const AuditActorKind = z.enum(['user', 'access_key', 'client', 'engine']);

export const AuditEvent = z.object({
  id: z.number().int(),
  /** Its place in the account's chain. */
  seq: z.number().int(),
  at: isoTime,
  actor: z.object({
    kind: AuditActorKind,
    id: z.string(),
    name: z.string(),
  }),
  action: z.string(),
  resource: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() }),
  before: z.unknown().nullable(),
  after: z.unknown().nullable(),
  ip: z.string().nullable(),
  requestId: z.string(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;
export const ListAuditEvents = z.object({
  action: z.string().optional(),
  actorId: z.string().optional(),
  actorKind: AuditActorKind.optional(),
  resourceKind: z.string().max(50).optional(),
  resourceId: z.string().optional(),
  /** From this time on. */
  from: isoTime.optional(),
  /** Up to and without this time. */
  to: isoTime.optional(),
  query: z.string().trim().max(100).optional(),
  ...listPage,
});

export const AuditChain = z.object({
  /** Rows in the chain; the newest has this number. */
  rows: z.number().int().nonnegative(),
  /** Of the newest row; null while there is none. */
  hash: z.string().nullable(),
  signed: z.object({ seq: z.number().int(), signedAt: isoTime, keyId: z.string() }).nullable(),
});
export type AuditChain = z.infer<typeof AuditChain>;

export const AuditCheck = z.object({
  rows: z.number().int().nonnegative(),
  /** The first row that does not fit, or null when all do. */
  firstBadSeq: z.number().int().nullable(),
});
export type AuditCheck = z.infer<typeof AuditCheck>;
