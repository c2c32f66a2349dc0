import { z } from 'zod';
import { CrossvaultError } from '@/lib/errors';

/** Where the disks of a source lie: told to the mover with a job, by the engine, never by a tenant. */
export const PlacedDisk = z.object({
  diskId: z.string(),
  position: z.number().int(),
  /** Its entry in the backup. */
  path: z.string(),
  file: z.string(),
  format: z.enum(['raw', 'qcow2']),
  isEncrypted: z.boolean(),
  generation: z.number().int(),
});
export type PlacedDisk = z.infer<typeof PlacedDisk>;

export const BlockPlace = z.object({
  disks: z.string().transform((text) => z.array(PlacedDisk).min(1).parse(JSON.parse(text))),
  /** Control socket of the machine while it runs. */
  qmp: z.string().optional(),
  /** Where what the guest overwrites meanwhile is kept. */
  scratch: z.string().optional(),
});

export function readPlace(place: Record<string, string> | null | undefined): z.output<typeof BlockPlace> {
  const parsed = BlockPlace.safeParse(place ?? {});
  if (parsed.success) return parsed.data;
  throw new CrossvaultError('unavailable', 'The disks of this source are not in a pool of this machine.', {
    reason: 'disks_elsewhere',
  });
}
