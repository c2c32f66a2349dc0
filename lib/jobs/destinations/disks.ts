import { z } from 'zod';

/** Files of disk pools. Asked for by the verbs of disks, servers and images only, which make or empty them first. */
export const DisksDestination = z.object({
  kind: z.literal('disks'),
  /** What they belong to. */
  resource: z.enum(['disk', 'server', 'image']),
  resourceId: z.string().max(64),
  disks: z
    .array(
      z.object({
        /** Its entry in the backup. */
        path: z.string().max(255),
        /** A disk, or a disk of an image. */
        diskId: z.string().max(64),
      }),
    )
    .min(1)
    .max(16),
});
