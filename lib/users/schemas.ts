import { z } from 'zod';
import { RoleName } from '@/lib/accounts/schemas';
import { displayName, isoTime } from '@/lib/schemas';

export const User = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: RoleName,
  /** `invited` until the one-time password has been replaced. */
  status: z.enum(['active', 'invited', 'disabled']),
  passwordExpiresAt: isoTime.nullable(),
  /** Too many failed sign-ins: not before this time. */
  blockedUntil: isoTime.nullable(),
  sessionCount: z.number().int().nonnegative(),
  lastSignInAt: isoTime.nullable(),
  createdAt: isoTime,
  isMe: z.boolean(),
});
export type User = z.infer<typeof User>;

export const CreateUser = z.object({
  name: displayName,
  email: z
    .email('Enter an e-mail address.')
    .max(254)
    .transform((value) => value.toLowerCase()),
  role: RoleName,
});
export const UserId = z.object({ id: z.string() });
export const SetUserRole = z.object({ id: z.string(), role: RoleName });
export const SetUserEnabled = z.object({ id: z.string(), isEnabled: z.boolean() });

/** `password` is shown once, here, and never again. */
export const UserWithPassword = z.object({ user: User, password: z.string() });
export type UserWithPassword = z.infer<typeof UserWithPassword>;
