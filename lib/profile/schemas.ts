import { z } from 'zod';
import { displayName, isoTime } from '@/lib/schemas';

export const Session = z.object({
  id: z.string(),
  /** The session that asks. */
  isCurrent: z.boolean(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: isoTime,
  /** At most a minute old. */
  lastSeenAt: isoTime.nullable(),
  expiresAt: isoTime,
});
export type Session = z.infer<typeof Session>;

export const UpdateProfile = z.object({ name: displayName });
export const ChangePassword = z.object({
  currentPassword: z.string().min(1, 'Enter your current password.').max(1024),
  newPassword: z.string().max(1024),
});
export const EndSession = z.object({ id: z.string() });
export const EndedSessions = z.object({ endedCount: z.number().int() });
export const Profile = z.object({ id: z.string(), name: z.string(), email: z.string() });
