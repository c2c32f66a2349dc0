import { z } from 'zod';
import { isoTime, listPage } from '@/lib/schemas';

export const AuditEvent = z.object({
  id: z.number().int(),
  at: isoTime,
  actor: z.object({
    kind: z.enum(['user', 'access_key', 'client', 'engine']),
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
  resourceId: z.string().optional(),
  query: z.string().trim().max(100).optional(),
  ...listPage,
});
