import { z } from 'zod';
import { defineKind } from './kind';

/** An export that is mounted on the host of a backup client. */
export const commonNas = defineKind({
  kind: 'common_nas',
  servedBy: 'client',
  config: z.object({
    kind: z.literal('common_nas'),
    /** Where it is mounted on the host. */
    mountPath: z
      .string()
      .trim()
      .min(1, 'Enter the folder where it is mounted.')
      .max(1024)
      .refine((path) => path.startsWith('/') && !path.includes('\0'), 'Write the whole path, from the root.'),
    /** What has to be mounted there, as the mount table calls it: `nas.example.com:/export`. Without it, what is there first. */
    mountSource: z.string().trim().max(1024).optional(),
  }),
  secret: null,
  item: ({ mountPath }) => mountPath,
  defaultName: ({ mountPath }) => mountPath,
  fixedFields: ['mountPath'],
});
