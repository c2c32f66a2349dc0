import { z } from 'zod';
import { accountStates } from '@/lib/account-states';
import { accountUid, displayName, isoTime } from '@/lib/schemas';

export const RoleName = z.enum(['administrator', 'operator', 'auditor']);

export const Me = z.object({
  account: z.object({
    id: accountUid,
    name: z.string(),
    state: z.enum(accountStates),
  }),
  user: z.object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: RoleName,
    /** Signed in with a one-time password, which has to be replaced before anything else. */
    isPasswordTemporary: z.boolean(),
  }),
});
export type Me = z.infer<typeof Me>;

export const SignIn = z.object({
  email: z
    .email('Enter an e-mail address.')
    .max(254)
    .transform((value) => value.toLowerCase()),
  password: z.string().min(1, 'Enter your password.').max(1024),
});

export const AccessKey = z.object({
  id: z.string(),
  name: z.string(),
  userName: z.string(),
  createdAt: isoTime,
  expiresAt: isoTime.nullable(),
  lastUsedAt: isoTime.nullable(),
  revokedAt: isoTime.nullable(),
});
export type AccessKey = z.infer<typeof AccessKey>;

export const CreateAccessKey = z.object({
  name: displayName,
  expiresInDays: z.coerce.number().int().min(1).max(365).nullable().default(90),
});
/** `secret` is shown once, here, and never again. */
export const CreatedAccessKey = z.object({ accessKey: AccessKey, secret: z.string() });

export const RevokeAccessKey = z.object({ id: z.string() });

export { findPasswordRefusal, leastPasswordLength } from './password-rules';
