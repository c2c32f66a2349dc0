import { z } from 'zod';
import { RestoreSpec } from '@/lib/jobs/schemas';
import { bytes, isoTime, SourceKind } from '@/lib/schemas';

export { madeFromBackup, restoreKinds, unrestorableKinds } from './kinds';

export const StartRestore = z.object({
  pointId: z.string().min(1, 'Choose a backup point.'),
  /** The host that writes, with a destination of the kind `host`; the others follow from their registered source. */
  clientId: z.string().min(1, 'Choose a destination.').optional(),
  ...RestoreSpec.omit({ sourceKind: true }).shape,
  /** `vmware` is read to be refused with its reason. */
  destination: z.union([RestoreSpec.shape.destination, z.object({ kind: z.literal('vmware') })]),
});

/** What can be asked for: every kind of data source, and those that are refused. */
export const WantedKind = z.enum([...SourceKind.options, 'vmware']);

/** What there is to restore of one kind of data source. */
export const RestoreKind = z.object({
  kind: WantedKind,
  vaults: z.array(
    z.object({ vaultId: z.string(), pointCount: z.number().int(), newestAt: isoTime.nullable() }),
  ),
  isRestorable: z.boolean(),
  reason: z.enum(['no_points', 'vmware_not_restorable', 'made_from_backup']).nullable(),
  explanation: z.string().nullable(),
});
export type RestoreKind = z.infer<typeof RestoreKind>;
export const ListRestoreKinds = z.object({});

/** A host or a registered source as a destination of a restore, with the reason when it cannot be one. */
export const RestoreDestination = z.object({
  clientId: z.string(),
  /** Null for a host's own files. */
  sourceId: z.string().nullable(),
  name: z.string(),
  /** What tells a registered source from others: its bucket, its mount, its instance. */
  place: z.string(),
  platform: z.string(),
  /** `region`: an engine of that region does the work. */
  placement: z.enum(['server', 'ecs', 'region']),
  region: z.string(),
  isOnline: z.boolean(),
  eligible: z.boolean(),
  reason: z.enum(['other_region', 'other_kind', 'revoked']).nullable(),
  explanation: z.string().nullable(),
});
export type RestoreDestination = z.infer<typeof RestoreDestination>;
export const ListRestoreDestinations = z.object({
  /** Without it regions are not compared. */
  vaultId: z.string().optional(),
  kind: WantedKind.default('local_file'),
});

/** Whether a restore of this point to this destination could begin now. */
export const CheckDestination = StartRestore.pick({ pointId: true, clientId: true, destination: true });

/** What the wizard's review shows before anything is written. */
export const EstimateRestore = z.object({ pointId: z.string(), selection: RestoreSpec.shape.selection });
export const RestoreEstimate = z.object({ bytes, files: bytes, folders: bytes });
export type RestoreEstimate = z.infer<typeof RestoreEstimate>;
