import { z } from 'zod';
import { Region } from '@/lib/regions/schemas';
import { bytes, isoTime } from '@/lib/schemas';

export const RegionZone = z.object({
  id: z.string(),
  medium: z.enum(['folder', 'bucket']).nullable(),
  /** Null until an engine has looked for the first time. */
  isReachable: z.boolean().nullable(),
  lastError: z.string().nullable(),
  capacityBytes: bytes.nullable(),
  freeBytes: bytes.nullable(),
  checkedAt: isoTime.nullable(),
  /** Other zones of the region on the same disk or endpoint: what ends one ends them all. */
  sharesPlaceWith: z.array(z.string()),
  /** Objects of this account that the zone is behind with. */
  owedObjects: z.number().int(),
  /** Vaults of this account whose objects are being brought to it. */
  fillingVaults: z.number().int(),
});
export type RegionZone = z.infer<typeof RegionZone>;

export const RegionStorage = Region.omit({ zones: true, zoneIds: true }).extend({
  vaultCount: z.number().int(),
  storedBytes: bytes,
  zones: z.array(RegionZone),
});
export type RegionStorage = z.infer<typeof RegionStorage>;

export const VaultZone = z.object({
  zone: z.string(),
  state: z.enum(['whole', 'filling']),
  isReachable: z.boolean().nullable(),
  /** As its last comparison with the other zones found them; null before the first. */
  storedObjects: z.number().int().nullable(),
  storedBytes: bytes.nullable(),
  comparedAt: isoTime.nullable(),
  owedObjects: z.number().int(),
  owedDeletions: z.number().int(),
  lastError: z.string().nullable(),
  lastErrorAt: isoTime.nullable(),
  /** A comparison under way: what it has gone through, of about how much, and what it brought. */
  progress: z
    .object({ seenBytes: bytes, totalBytes: bytes, broughtBytes: bytes, broughtObjects: z.number().int() })
    .nullable(),
});
export type VaultZone = z.infer<typeof VaultZone>;

export const Verification = z.object({
  id: z.string(),
  scope: z.enum(['due', 'all']),
  state: z.enum(['queued', 'running', 'complete', 'failed', 'cancelled']),
  packsTotal: z.number().int(),
  packsDone: z.number().int(),
  bytesTotal: bytes,
  bytesDone: bytes,
  damagedPacks: z.number().int(),
  healedPacks: z.number().int(),
  lastError: z.string().nullable(),
  createdBy: z.string(),
  createdAt: isoTime,
  startedAt: isoTime.nullable(),
  finishedAt: isoTime.nullable(),
});
export type Verification = z.infer<typeof Verification>;

export const Damage = z.object({
  id: z.number().int(),
  objectName: z.string(),
  zone: z.string().nullable(),
  kind: z.enum(['corrupt', 'truncated', 'missing', 'swapped', 'foreign']),
  state: z.enum(['open', 'healed', 'gone']),
  healedFrom: z.enum(['zone', 'replica', 'source']).nullable(),
  points: z.array(z.object({ id: z.string(), name: z.string(), at: z.string() })),
  files: z.array(z.object({ pointId: z.string(), path: z.string() })),
  fileCount: z.number().int(),
  foundAt: isoTime,
  endedAt: isoTime.nullable(),
});
export type Damage = z.infer<typeof Damage>;

export const VaultStorage = z.object({
  zones: z.array(VaultZone),
  coverage: z.object({
    days: z.number().int(),
    checkedBytes: bytes,
    totalBytes: bytes,
    /** Whole percent, rounded down; 100 for an empty vault. */
    percent: z.number().int(),
  }),
  nextVerificationAt: isoTime,
  verifications: z.array(Verification),
  damages: z.array(Damage),
  key: z.object({ version: z.number().int(), madeAt: isoTime.nullable(), isRotating: z.boolean() }),
});
export type VaultStorage = z.infer<typeof VaultStorage>;

export const GetVaultStorage = z.object({ vaultId: z.string() });
export const StartVerification = z.object({ vaultId: z.string() });
export const RotateVaultKey = z.object({ vaultId: z.string() });
