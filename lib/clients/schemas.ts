import { z } from 'zod';
import { displayName, isoTime, regionId, SourceKind } from '@/lib/schemas';

export const Placement = z.enum(['server', 'ecs']);

export const BackupClient = z.object({
  id: z.string(),
  name: z.string(),
  hostname: z.string(),
  platform: z.string(),
  version: z.string(),
  placement: Placement,
  region: z.string(),
  connection: z.enum(['internet', 'vpn', 'leased_line']),
  /** Online: a heartbeat within 30 seconds. */
  status: z.enum(['online', 'offline', 'revoked']),
  lastHeartbeatAt: isoTime.nullable(),
  enrolledAt: isoTime,
  sources: z.array(z.object({ id: z.string(), kind: SourceKind, name: z.string() })),
});
export type BackupClient = z.infer<typeof BackupClient>;

export const CreateEnrolmentToken = z.object({ placement: Placement.default('server'), region: regionId });
/** `token` is shown once; it works once and for an hour. `command` is ready to paste on the host. */
export const CreatedEnrolmentToken = z.object({
  id: z.string(),
  token: z.string(),
  expiresAt: isoTime,
  command: z.string(),
});
export const UpdateClient = z.object({
  id: z.string(),
  name: displayName.optional(),
  connection: z.enum(['internet', 'vpn', 'leased_line']).optional(),
});
export const RevokeClient = z.object({ id: z.string(), confirm: z.string() });
export const ListClients = z.object({});
export const GetClient = z.object({ id: z.string() });
