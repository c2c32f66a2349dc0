import { z } from 'zod';
import { bytes, isoTime } from '@/lib/schemas';

/** A replica that is to go because its source point was archived. */
export const ReplicaRemoval = z.object({
  pointId: z.string(),
  sourceName: z.string(),
  createdAt: isoTime,
  sourceBytes: bytes,
  archivedAt: isoTime,
  announcedAt: isoTime,
  /** It goes then, unless it is held. */
  removeAt: isoTime,
  held: z.object({ at: isoTime, by: z.string() }).nullable(),
});
export type ReplicaRemoval = z.infer<typeof ReplicaRemoval>;

export const ReplicaRemovalList = z.object({
  /** The soonest first, at most 500. */
  items: z.array(ReplicaRemoval),
  total: z.number().int(),
  totalSourceBytes: bytes,
  guardDays: z.number().int(),
  /** Set while the whole vault is held: then nothing goes, whatever its date. */
  vaultHold: z.object({ at: isoTime, by: z.string() }).nullable(),
});
export type ReplicaRemovalList = z.infer<typeof ReplicaRemovalList>;

export const ListReplicaRemovals = z.object({ vaultId: z.string() });

const which = {
  vaultId: z.string(),
  /** Null for the whole vault, with what is announced later. */
  pointIds: z.array(z.string()).min(1, 'Choose at least one replica.').max(500).nullable().default(null),
};
export const HoldReplicaRemovals = z.object(which);
export const ReleaseReplicaRemovals = z.object(which);
