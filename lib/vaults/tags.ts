import { z } from 'zod';

/** The database holds the same limits. */
export const maxTags = 20;
const maxLength = 128;
/** Kept by the cloud for its own tags. */
const reserved = /^(?:aliyun|acs:)/i;

export const Tag = z.object({
  key: z
    .string()
    .trim()
    .min(1, 'Enter a key.')
    .max(maxLength, `At most ${maxLength} characters.`)
    .refine((key) => !reserved.test(key), 'A key does not begin with aliyun or acs:.'),
  value: z.string().trim().max(maxLength, `At most ${maxLength} characters.`).default(''),
});
export type Tag = z.infer<typeof Tag>;

/** All tags that a vault is to have. */
export const TagList = z
  .array(Tag)
  .max(maxTags, `At most ${maxTags} tags.`)
  .superRefine((tags, context) => {
    const seen = new Set<string>();
    tags.forEach(({ key }, at) => {
      if (seen.has(key)) {
        context.addIssue({ code: 'custom', path: [at, 'key'], message: 'This key is there already.' });
      }
      seen.add(key);
    });
  });

/** `team=finance`; the key alone when there is no value. */
export const formatTag = ({ key, value }: Tag) => (value ? `${key}=${value}` : key);
