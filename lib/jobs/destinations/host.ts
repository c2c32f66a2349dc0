import { z } from 'zod';

/** A folder on a host of this account, or of a NAS that is mounted there; the job's client writes below it. */
export const HostDestination = z.object({
  kind: z.literal('host'),
  /** Absolute on the host, as the operator typed it (UTF-8). */
  targetPath: z.string().min(1, 'Enter a path.').max(4096),
  /** The registered NAS that the folder lies in. */
  sourceId: z.string().min(1).optional(),
});
