import { z } from 'zod';

/** A folder on a host of this account; the job's client writes below it. */
export const HostDestination = z.object({
  kind: z.literal('host'),
  /** Absolute on the host, as the operator typed it (UTF-8). */
  targetPath: z.string().min(1, 'Enter a path.').max(4096),
});
