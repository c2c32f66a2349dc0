import { z } from 'zod';
import { CrossvaultError } from '@/lib/errors';
import { bytes } from '@/lib/schemas';
import { type VaultKind, vaultKinds } from './kinds';

export const gibBytes = 2 ** 30;
export const defaultThresholdPercent = 80;
const mostGib = 10_485_760;

const capacityGib = z.coerce
  .number<number | string>()
  .int('Enter whole GiB.')
  .min(1, 'Enter at least 1 GiB.')
  .max(mostGib, 'Enter at most 10,485,760 GiB.');
const thresholdPercent = z.coerce
  .number<number | string>()
  .int('Enter a whole percentage.')
  .min(1, 'Enter 1 or more.')
  .max(100, 'Enter at most 100.');

/** Of vaults of server and disk backups only. */
export const capacityFields = {
  capacityGib: capacityGib.optional(),
  /** Of the capacity in use, from which on the account is told. */
  thresholdPercent: thresholdPercent.optional(),
  /** Grows by itself where a backup or an accepted share would not fit. */
  isAutoExpanding: z.boolean().optional(),
};

export const Capacity = z.object({
  totalBytes: bytes,
  /** What really lies in storage: compressed and without duplicates. */
  usedBytes: bytes,
  /** Put aside for copies that are under way. */
  reservedBytes: bytes,
  freeBytes: bytes,
  thresholdPercent: z.number().int(),
  isAutoExpanding: z.boolean(),
});
export type Capacity = z.infer<typeof Capacity>;

export function requireCapacity(
  { kind, capacityGib }: { kind: VaultKind; capacityGib?: number },
  check: z.RefinementCtx,
): void {
  if (vaultKinds[kind].hasCapacity === (capacityGib !== undefined)) return;
  const message = vaultKinds[kind].hasCapacity
    ? 'Enter how many GiB the vault is to hold.'
    : 'A vault of this kind has no capacity to buy.';
  check.addIssue({ code: 'custom', path: ['capacityGib'], message });
}

interface CapacityRow {
  capacityBytes: number | null;
  storedBytes: number;
  reservedBytes: number;
  thresholdPercent: number;
  isAutoExpanding: boolean;
}

export function toCapacity(vault: CapacityRow): Capacity | null {
  if (vault.capacityBytes === null) return null;
  return {
    totalBytes: vault.capacityBytes,
    usedBytes: vault.storedBytes,
    reservedBytes: vault.reservedBytes,
    freeBytes: freeBytesOf(vault),
    thresholdPercent: vault.thresholdPercent,
    isAutoExpanding: vault.isAutoExpanding,
  };
}

function freeBytesOf({ capacityBytes, storedBytes, reservedBytes }: CapacityRow): number {
  return Math.max(0, (capacityBytes ?? 0) - storedBytes - reservedBytes);
}

/**
 * Why so many bytes cannot be put into a vault, or null. What a backup takes is known only when it is stored, so its bytes of
 * data count: it takes that much at most. Free space has to be larger than what goes in.
 */
export function capacityRefusal(vault: CapacityRow, neededBytes: number): CrossvaultError | null {
  if (vault.capacityBytes === null || vault.isAutoExpanding) return null;
  const free = freeBytesOf(vault);
  if (free > neededBytes) return null;
  const message =
    neededBytes === 0 || free === 0
      ? 'The vault is full. Raise its capacity, let it expand by itself, or delete backups of it.'
      : `The vault has ${inGib(free)} GiB free and the backup may need ${inGib(neededBytes)} GiB. Raise its capacity, or let it expand by itself.`;
  return new CrossvaultError('quota_exceeded', message, { reason: 'vault_capacity_exceeded' });
}

/** Why a capacity cannot be set, or null: it holds what is used and what is promised. */
export function capacityChangeRefusal(vault: CapacityRow, wantedBytes: number): CrossvaultError | null {
  const held = vault.storedBytes + vault.reservedBytes;
  if (wantedBytes >= held) return null;
  const least = Math.ceil(held / gibBytes);
  return new CrossvaultError('state_conflict', 'The vault holds more than that. Nothing was changed.', {
    reason: 'capacity_below_use',
    fields: { capacityGib: `Enter at least ${least} GiB.` },
  });
}

const inGib = (count: number) => (Math.ceil((count / gibBytes) * 10) / 10).toFixed(1);

/** Whether the account is to be told that a vault is getting full. */
export function isOverThreshold(vault: CapacityRow): boolean {
  const held = vault.storedBytes + vault.reservedBytes;
  return vault.capacityBytes !== null && held * 100 >= vault.capacityBytes * vault.thresholdPercent;
}
