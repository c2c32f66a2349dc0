import { z } from 'zod';
import { bytes, confirmation, isoTime } from '@/lib/schemas';
import { maxWaitDays, minWaitDays } from './trouble';

export * from './trouble';

export const KmsKey = z.object({
  id: z.string(),
  alias: z.string().nullable(),
  description: z.string(),
  state: z.enum(['creating', 'enabled', 'disabled', 'scheduled', 'destroyed']),
  /** Of a key in `scheduled`: when its material is destroyed. */
  deletionAt: isoTime.nullable(),
  /** Vaults whose key versions are wrapped by this key; destroying it makes them unreadable for ever. */
  vaultCount: z.number().int(),
  pointCount: z.number().int(),
  storedBytes: bytes,
  createdAt: isoTime,
  destroyedAt: isoTime.nullable(),
});
export type KmsKey = z.infer<typeof KmsKey>;

/** With what turns unreadable when the key is destroyed. */
export const KmsKeyDetail = KmsKey.extend({
  vaults: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      region: z.string(),
      pointCount: z.number().int(),
      sourceBytes: bytes,
      storedBytes: bytes,
      /** When the last of its locked points expires; until then the key cannot be deleted. Null: none is locked. */
      lockedUntil: isoTime.nullable(),
      /** A running replication with the vault at this end, and the vault at the other. */
      replication: z
        .object({ side: z.enum(['source', 'target']), vaultName: z.string(), accountName: z.string() })
        .nullable(),
    }),
  ),
});
export type KmsKeyDetail = z.infer<typeof KmsKeyDetail>;
export const GetKmsKey = z.object({ id: z.string() });

const alias = z
  .string()
  .trim()
  .regex(/^alias\/[A-Za-z0-9/_-]{1,58}$/, 'Write alias/ and up to 58 letters, digits, / _ -.');
const keyDescription = z.string().trim().max(255);

export const CreateKmsKey = z.object({
  alias: alias.nullable().default(null),
  description: keyDescription.default(''),
});
/** What is left out stays; null takes the alias away. */
export const UpdateKmsKey = z.object({
  id: z.string(),
  alias: alias.nullable().optional(),
  description: keyDescription.optional(),
});
export const SetKmsKeyState = z.object({ id: z.string(), state: z.enum(['enabled', 'disabled']) });
/** Destroys the material when the waiting time is over; `confirm` is the key's id. */
export const ScheduleKeyDeletion = z.object({
  id: z.string(),
  waitDays: z.coerce
    .number<number | string>()
    .int()
    .min(minWaitDays, `At least ${minWaitDays} days.`)
    .max(maxWaitDays, `At most ${maxWaitDays} days.`),
  confirm: confirmation,
});
export const CancelKeyDeletion = z.object({ id: z.string() });
