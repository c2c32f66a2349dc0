import { z } from 'zod';
import { bytes, confirmation, isoTime, regionId } from '@/lib/schemas';
import { SampleRange } from './samples';

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
  /** When a waiting replication is tried again; null when it does not wait, or waits for an event and not for the clock. */
  nextTryAt: isoTime.nullable(),
  /** How far behind the copy may be. The destination sets it; both sides are told when it is missed. */
  objective: z.object({
    /** Null: none is set. */
    seconds: z.number().int().nullable(),
    state: z.enum(['none', 'met', 'missed', 'recovering']),
    missedSince: isoTime.nullable(),
    /** While `recovering`: when the incident is over if it stays met. */
    settledAt: isoTime.nullable(),
    /** Days without a new point after which both sides are told; null: never. */
    silenceDays: z.number().int().nullable(),
    silentSince: isoTime.nullable(),
    /** No engine has looked at the replication since; null while one does. */
    unheardSince: isoTime.nullable(),
  }),
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
/** Oldest first; each stands for `stepSeconds`, with the highest lag and the last total of that span. */
export const ReplicationSamples = z.object({
  range: SampleRange,
  stepSeconds: z.number().int(),
  from: isoTime,
  to: isoTime,
  items: z.array(ReplicationSample),
});
export type ReplicationSamples = z.infer<typeof ReplicationSamples>;
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
export const ListReplicationSamples = z.object({ id: z.string(), range: SampleRange.default('24h') });

/** From a minute to a year; null takes the objective away. */
export const SetRecoveryObjective = z.object({
  id: z.string(),
  objectiveSeconds: z
    .number({ error: 'Give a number of seconds.' })
    .int()
    .min(60, 'At least one minute.')
    .max(31_536_000, 'At most one year.')
    .nullable(),
  silenceDays: z
    .number({ error: 'Give a number of days.' })
    .int('Give whole days.')
    .min(1, 'At least one day.')
    .max(365, 'At most 365 days.')
    .nullable(),
});

/** What a stop leaves, before anything is done. */
export const StopPlan = z.object({
  /** Points at the target, which stay until they expire. */
  staying: z.object({
    points: z.number().int(),
    sourceBytes: bytes,
    storedBytes: bytes,
    firstExpiresAt: isoTime.nullable(),
    lastExpiresAt: isoTime.nullable(),
  }),
  /** Points that have not arrived and will not any more. */
  missing: z.object({ points: z.number().int(), bytes }),
});
export type StopPlan = z.infer<typeof StopPlan>;

/** A running replication that stands still when an access ends, with the names of what it joins. */
export const PausingReplication = z.object({
  id: z.string(),
  source: Side,
  target: Side,
});
export type PausingReplication = z.infer<typeof PausingReplication>;

/** What a vault stores and takes on in a day; the start of an estimate of costs. */
export const VaultGrowth = z.object({
  vaultId: z.string(),
  vaultName: z.string(),
  region: z.string(),
  /** Of the replication that fills it; null for a vault that none fills. */
  sourceRegion: z.string().nullable(),
  storedBytes: bytes,
  /** From the last 30 days; null when there is less than a day to measure. */
  growthBytesPerDay: bytes.nullable(),
});
export type VaultGrowth = z.infer<typeof VaultGrowth>;
/** One vault of the account, or its targets that hold a replica. */
export const MeasureGrowth = z.object({ vaultId: z.string().optional() });
