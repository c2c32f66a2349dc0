import { z } from 'zod';
import { RestoreSpec } from '@/lib/jobs/schemas';
import { bytes } from '@/lib/schemas';

export const StartRestore = z.object({
  pointId: z.string().min(1, 'Choose a backup point.'),
  clientId: z.string().min(1, 'Choose a destination.'),
  ...RestoreSpec.shape,
});

/** A client as a destination of a restore from one vault, with the reason when it cannot be one. */
export const RestoreDestination = z.object({
  clientId: z.string(),
  name: z.string(),
  placement: z.enum(['server', 'ecs']),
  region: z.string(),
  isOnline: z.boolean(),
  eligible: z.boolean(),
  reason: z.enum(['other_region', 'revoked']).nullable(),
  explanation: z.string().nullable(),
});
export type RestoreDestination = z.infer<typeof RestoreDestination>;
export const ListRestoreDestinations = z.object({ vaultId: z.string() });

/** What the wizard's review shows before anything is written. */
export const EstimateRestore = z.object({ pointId: z.string(), selection: RestoreSpec.shape.selection });
export const RestoreEstimate = z.object({ bytes, files: bytes, folders: bytes });
export type RestoreEstimate = z.infer<typeof RestoreEstimate>;
