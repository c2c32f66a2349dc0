import { z } from 'zod';
import { Replication } from '@/lib/replication/schemas';
import { bytes, confirmation, description, displayName, isoTime, listPage, regionId } from '@/lib/schemas';
import { Capacity, capacityFields, requireCapacity } from './capacity';
import { VaultKind } from './kinds';
import { Tag } from './tags';

export * from './capacity';
export * from './kinds';
export * from './trials';
export const Encryption = z.enum(['service', 'kms']);

/** Days between the announcement that a replica will be removed and its removal; 0 removes it at once. */
export const guardDays = z.coerce
  .number()
  .int('Enter whole days.')
  .min(0, 'Enter 0 or more days.')
  .max(365, 'Enter at most 365 days.');
export const proposedGuardDays = 7;

export const Vault = z.object({
  id: z.string(),
  kind: VaultKind,
  name: z.string(),
  description: z.string(),
  region: z.string(),
  resourceGroup: z.object({ id: z.string(), name: z.string() }),
  /** Sorted by key. */
  tags: z.array(Tag),
  encryption: Encryption,
  kmsKey: z.object({ id: z.string(), alias: z.string().nullable(), state: z.string() }).nullable(),
  redundancy: z.enum(['LRS', 'ZRS']),
  status: z.enum(['initializing', 'created', 'error', 'deleting']),
  /** For `error`: what is wrong and the way out. */
  statusReason: z.string().nullable(),
  lockedAt: isoTime.nullable(),
  /** For a trial: when it takes no more points, when it goes with its data, and whether it is kept instead. */
  trial: z.object({ endsAt: isoTime, releasesAt: isoTime, isKept: z.boolean() }).nullable(),
  pointCount: z.number().int(),
  /** Sum of the source data of its visible points. */
  sourceBytes: bytes,
  /** Sealed bytes held in storage; the billable Storage Vault Data Size. */
  storedBytes: bytes,
  /** How much of the above lies in the archive tier. */
  archive: z.object({ pointCount: z.number().int(), sourceBytes: bytes, storedBytes: bytes }),
  /** Of a replication target: how long replicas stay after their source points were archived, and who holds them. */
  guard: z.object({ days: guardDays, heldAt: isoTime.nullable(), heldBy: z.string().nullable() }).nullable(),
  /** Of a vault of server or disk backups: what was bought and what is left of it. */
  capacity: Capacity.nullable(),
  newestPointAt: isoTime.nullable(),
  /** Active replication with this vault at either end, else the last stopped one, else null. */
  replication: Replication.nullable(),
  /** Accounts this target is shared with (accepted), and invitations still open. */
  sharedWith: z.array(z.object({ accountId: z.string(), status: z.enum(['pending', 'accepted']) })),
  createdAt: isoTime,
});
export type Vault = z.infer<typeof Vault>;

export const ListVaults = z.object({
  region: regionId.optional(),
  kind: VaultKind.optional(),
  status: z.string().optional(),
  resourceGroupId: z.string().optional(),
  /** `key` or `key=value`. */
  tag: z.string().max(257).optional(),
  query: z.string().trim().max(100).optional(),
  sort: z.enum(['name', 'createdAt', 'storedBytes', 'sourceBytes', 'pointCount']).default('createdAt'),
  order: z.enum(['asc', 'desc']).default('desc'),
  ...listPage,
});

export const GetVault = z.object({ id: z.string() });

export const CreateVault = z
  .object({
    kind: VaultKind.default('standard'),
    name: displayName,
    description,
    region: regionId,
    resourceGroupId: z.string().min(1, 'Choose a resource group.'),
    encryption: Encryption.default('service'),
    /** Key id or `alias/…`; needed with `kms` only. The method cannot be changed later. */
    kmsKey: z.string().trim().min(1).nullable().default(null),
    /** For a replication target only. */
    guardDays: guardDays.default(proposedGuardDays),
    ...capacityFields,
  })
  .refine((input) => (input.encryption === 'kms') === (input.kmsKey !== null), {
    path: ['kmsKey'],
    message: 'Choose a key for KMS encryption, and none otherwise.',
  })
  .superRefine(requireCapacity);

export const UpdateVault = z.object({
  id: z.string(),
  name: displayName.optional(),
  description: z.string().trim().max(255).optional(),
  resourceGroupId: z.string().optional(),
  /** For a replication target only; holds for what is announced from then on. */
  guardDays: guardDays.optional(),
  /** For a vault with a capacity only; never below what is used and reserved. */
  ...capacityFields,
});
/** Irreversible; `confirm` is the vault's name. */
export const LockVault = z.object({ id: z.string(), confirm: confirmation });
/** Whether a trial becomes a standard vault instead of being released. */
export const KeepTrialVault = z.object({ id: z.string(), isKept: z.boolean() });
/** Deletes every point and byte; `confirm` is the vault's name. */
export const DeleteVault = z.object({ id: z.string(), confirm: confirmation });

/** How much of a limit is used. */
/** What goes with a vault when it is deleted. */
export const DeletionPlan = z.object({
  points: z.number().int(),
  sourceBytes: bytes,
  storedBytes: bytes,
  oldestAt: isoTime.nullable(),
  newestAt: isoTime.nullable(),
  lastExpiresAt: isoTime.nullable(),
  shares: z.array(z.object({ id: z.string(), name: z.string() })),
  /** Backups and restores that run or wait: they fail. */
  jobs: z.array(z.object({ id: z.string(), kind: z.string(), createdAt: isoTime })),
  replications: z.array(
    z.object({
      id: z.string(),
      state: z.enum(['active', 'stopped']),
      goesWithVault: z.boolean(),
      partnerAccountName: z.string(),
      partnerVaultName: z.string(),
      createdAt: isoTime,
      stoppedAt: isoTime.nullable(),
    }),
  ),
});
export type DeletionPlan = z.infer<typeof DeletionPlan>;

/** What a lock would do, had it been set now. */
export const LockRehearsal = z.object({
  points: z.number().int(),
  /** Backups that came by a share: they go when their owner deletes them, lock or no lock. */
  uncoveredPoints: z.number().int(),
  sourceBytes: bytes,
  storedBytes: bytes,
  firstExpiresAt: isoTime.nullable(),
  lastExpiresAt: isoTime.nullable(),
  refused: z.array(z.object({ action: z.string(), until: z.string() })),
  /** Estimated, for what is stored now until all of it has expired; capacity plans are not taken off. */
  cost: z.object({ amountMicros: z.number(), currency: z.string(), days: z.number().int() }),
  /** How many points are left after each of up to twelve dates. */
  decline: z.array(z.object({ at: isoTime, pointsLeft: z.number().int() })),
});
export type LockRehearsal = z.infer<typeof LockRehearsal>;

export const Quota = z.object({
  /** A trial's name is its kind. */
  name: z.enum(['vaults', 'replication_targets', 'trial_oss', 'trial_nas', 'trial_tablestore']),
  /** Empty for a limit that counts all regions together. */
  region: z.string(),
  used: z.number().int(),
  maximum: z.number().int(),
});
export type Quota = z.infer<typeof Quota>;
