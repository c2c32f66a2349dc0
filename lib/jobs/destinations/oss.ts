import { z } from 'zod';

/** A registered bucket; keys are written below the prefix. */
export const OssDestination = z.object({
  kind: z.literal('oss'),
  sourceId: z.string().min(1, 'Choose a bucket.'),
  /** Put before each key as it is: `restored/` makes a folder, `restored` a longer name. */
  prefix: z
    .string()
    .max(1024)
    .refine((prefix) => !prefix.startsWith('/'), 'A prefix does not begin with a slash.')
    .default(''),
});
