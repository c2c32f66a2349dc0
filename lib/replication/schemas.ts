import { z } from 'zod';
import { bytes, confirmation, isoTime, regionId } from '@/lib/schemas';

export const WaitingReason = z.enum([
  'access_revoked',
  'source_key_unavailable',
  'target_key_unavailable',
  'source_storage_unavailable',
  'target_storage_unavailable',
  'source_vault_error',
  'target_vault_error',
  'target_account_overdue',
  'target_account_suspended',
  'target_account_closed',
  'corrupt_data',
]);
export type WaitingReason = z.infer<typeof WaitingReason>;

const Side = z.object({
  accountId: z.string(),
  accountName: z.string(),
  vaultId: z.string(),
  vaultName: z.string(),
  region: z.string(),
});

export const Replication = z.object({
  id: z.string(),
  /** Which end the asking account holds; `both` for a copy between two regions of one account. */
  side: z.enum(['source', 'target', 'both']),
  source: Side,
  target: Side,
  /** How long the target keeps what the source has archived. */
  targetGuardDays: z.number().int(),
  state: z.enum(['active', 'stopped']),
  waitingReason: WaitingReason.nullable(),
  waitingSince: isoTime.nullable(),
  history: z.object({
    pointsTotal: z.number().int(),
    pointsDone: z.number().int(),
    bytesTotal: bytes,
    bytesDone: bytes,
    /** 0 to 100, whole; 100 only when all history is at the target. */
    percent: z.number().int().min(0).max(100),
    completedAt: isoTime.nullable(),
  }),
  /** The point being copied now; bytes are sealed bytes written against those planned. */
  current: z.object({ pointId: z.string(), bytesDone: bytes, bytesTotal: bytes }).nullable(),
  rateBytesPerSecond: bytes,
  /** Seconds until history (or the current backlog) is through at the present rate; null when unknown. */
  secondsLeft: z.number().int().nonnegative().nullable(),
  newestPointAt: isoTime.nullable(),
  lag: z.object({ points: z.number().int(), bytes, seconds: z.number().int().nonnegative() }),
  copiedBytes: bytes,
  lastStepAt: isoTime.nullable(),
  lastError: z.string().nullable(),
  createdAt: isoTime,
  stoppedAt: isoTime.nullable(),
});
export type Replication = z.infer<typeof Replication>;

export const ReplicationPoint = z.object({
  sourcePointId: z.string(),
  targetPointId: z.string().nullable(),
  state: z.enum(['pending', 'copied', 'expired', 'archived', 'deleted', 'skipped']),
  reason: z.string().nullable(),
  isHistory: z.boolean(),
  capturedAt: isoTime,
  sourceBytes: bytes,
  copiedBytes: bytes,
  finishedAt: isoTime.nullable(),
});
export type ReplicationPoint = z.infer<typeof ReplicationPoint>;

export const ReplicationSample = z.object({
  at: isoTime,
  copiedBytes: bytes,
  lagPoints: z.number().int(),
  lagSeconds: z.number().int(),
});
export type ReplicationSample = z.infer<typeof ReplicationSample>;

/** Why a vault cannot be chosen as the target of a given source; the console shows it greyed out with the sentence. */
export const IneligibleReason = z.enum([
  'same_vault',
  'not_a_replication_target',
  'source_is_replication_target',
  'source_kind_without_replication',
  'source_account_inactive',
  'source_not_ready',
  'target_not_ready',
  'encryption_differs',
  'target_already_used',
  'source_already_replicates',
  'same_account_same_region',
  'region_without_replication',
  'target_account_inactive',
  'share_not_accepted',
]);
export type IneligibleReason = z.infer<typeof IneligibleReason>;

export const ReplicationTarget = z.object({
  vaultId: z.string(),
  vaultName: z.string(),
  region: z.string(),
  encryption: z.enum(['service', 'kms']),
  ownerAccountId: z.string(),
  ownerName: z.string(),
  isOwn: z.boolean(),
  eligible: z.boolean(),
  reason: IneligibleReason.nullable(),
  /** What is wrong and how to fix it, in a sentence; null when eligible. */
  explanation: z.string().nullable(),
});
export type ReplicationTarget = z.infer<typeof ReplicationTarget>;

export const ListReplicationTargets = z.object({ sourceVaultId: z.string(), region: regionId.optional() });
export const StartReplication = z.object({ sourceVaultId: z.string(), targetVaultId: z.string() });
/** `confirm` is the source vault's name. A stopped replication cannot be resumed. */
export const StopReplication = z.object({ id: z.string(), confirm: confirmation });
/** `vaultId` at either end. */
export const ListReplications = z.object({
  vaultId: z.string().optional(),
  /** Of this account's vault at either end. */
  resourceGroupId: z.string().optional(),
  state: z.enum(['active', 'stopped']).optional(),
});
export const GetReplication = z.object({ id: z.string() });

/** A running replication that stands still when an access ends, with the names of what it joins. */
export const PausingReplication = z.object({
  id: z.string(),
  source: Side,
  target: Side,
});
export type PausingReplication = z.infer<typeof PausingReplication>;
