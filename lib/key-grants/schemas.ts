import { z } from 'zod';
import { accountUid, isoTime } from '@/lib/schemas';

export const KeyGrant = z.object({
  id: z.string(),
  direction: z.enum(['given', 'received']),
  key: z.object({ id: z.string(), alias: z.string().nullable() }),
  owner: z.object({ accountId: z.string(), name: z.string() }),
  grantee: z.object({
    accountId: z.string(),
    name: z.string(),
    /** Null: every project of the account. */
    projectId: z.string().nullable(),
  }),
  purpose: z.literal('open_shared_backups'),
  status: z.enum(['active', 'retired']),
  createdAt: isoTime,
  createdBy: z.string(),
  retiredAt: isoTime.nullable(),
  retiredBy: z.enum(['owner', 'grantee', 'key_destroyed']).nullable(),
});
export type KeyGrant = z.infer<typeof KeyGrant>;

/** `grantee`: an account UID, for all its projects, or a project id. */
export const CreateKeyGrant = z.object({
  keyId: z.string(),
  grantee: z
    .string()
    .trim()
    .toLowerCase()
    .refine(
      (given) => accountUid.safeParse(given).success || /^[0-9a-f]{32}$/.test(given),
      'Give an account UID of 16 digits or a project id of 32 digits and letters.',
    ),
});
export const ListKeyGrants = z.object({
  direction: z.enum(['given', 'received']).default('given'),
  keyId: z.string().optional(),
});
export const RetireKeyGrant = z.object({ id: z.string() });

/** What a grant is for, in the words of both sides. */
export const purposeSentence =
  'Open the data of backups that were shared under this key, in the engine, while it copies them. Nothing else: the key never leaves this installation, and what was copied is sealed under the recipient’s own key.';
