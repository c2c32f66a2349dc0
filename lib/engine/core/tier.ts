/** Where a vault keeps chunks: at hand, or in the region's archive store, which is cheap to keep and dear to read. */
export type StorageTier = 'standard' | 'archive';

export const storageTiers: readonly StorageTier[] = ['standard', 'archive'];

/** Packs of the archive have a folder of their own, so that a region can keep it elsewhere. */
export const packPrefixes: Record<StorageTier, string> = { standard: 'packs/', archive: 'archive/packs/' };

/** @param sha256 of the pack's bytes, in hex: a pack can be checked, and healed, by who has no key. */
export function packObjectName(sha256: string, tier: StorageTier = 'standard'): string {
  return `${packPrefixes[tier]}${sha256.slice(0, 2)}/${sha256}`;
}
