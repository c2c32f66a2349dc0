import { z } from 'zod';
import { confirmation, isoTime } from '@/lib/schemas';

export const KmsKey = z.object({
  id: z.string(),
  alias: z.string().nullable(),
  description: z.string(),
  state: z.enum(['creating', 'enabled', 'disabled', 'destroyed']),
  /** Vaults whose key versions are wrapped by this key; destroying it makes them unreadable for ever. */
  vaultCount: z.number().int(),
  createdAt: isoTime,
  destroyedAt: isoTime.nullable(),
});
export type KmsKey = z.infer<typeof KmsKey>;

/** With the vaults that turn unreadable when the key is destroyed. */
export const KmsKeyDetail = KmsKey.extend({
  vaults: z.array(z.object({ id: z.string(), name: z.string(), region: z.string() })),
});
export type KmsKeyDetail = z.infer<typeof KmsKeyDetail>;
export const GetKmsKey = z.object({ id: z.string() });

export const CreateKmsKey = z.object({
  alias: z
    .string()
    .trim()
    .regex(/^alias\/[A-Za-z0-9/_-]{1,58}$/, 'Write alias/ and up to 58 letters, digits, / _ -.')
    .nullable()
    .default(null),
  description: z.string().trim().max(255).default(''),
});
export const SetKmsKeyState = z.object({ id: z.string(), state: z.enum(['enabled', 'disabled']) });
/** Destroys the material at once; `confirm` is the key's id. */
export const DestroyKmsKey = z.object({ id: z.string(), confirm: confirmation });
