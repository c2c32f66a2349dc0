import { z } from 'zod';

export const Region = z.object({
  id: z.string(),
  name: z.string(),
  /** How many zones the engine keeps a vault in. A region never claims more copies than there are. */
  zones: z.number().int(),
  zoneIds: z.array(z.string()),
  zoneRedundancy: z.boolean(),
  vaultReplication: z.boolean(),
  backupSharing: z.boolean(),
  /** Kinds of data sources that may be registered here. */
  sourceKinds: z.array(z.string()),
  /** Where disks of this region can lie. */
  diskPools: z.array(z.string()),
  /** Whether the operator has named folders out of which images can be imported. */
  hasDiskImports: z.boolean(),
});
export type Region = z.infer<typeof Region>;

export interface KnownRegions {
  regions: readonly Region[];
  defaultRegion: string;
}

/**
 * The regions of this process, told once: to servers by the operator's file, to a browser with the first page. It is kept
 * at the global object because a bundler may load this module more than once.
 */
const slot = Symbol.for('crossvault.regions');
const holder = globalThis as { [slot]?: KnownRegions };

export function learnRegions(known: KnownRegions): void {
  holder[slot] = known;
}

export function knownRegions(): readonly Region[] {
  return holder[slot]?.regions ?? [];
}

export function defaultRegionId(): string {
  return holder[slot]?.defaultRegion ?? 'cn-hangzhou';
}

export function findRegion(id: string): Region | null {
  return knownRegions().find((region) => region.id === id) ?? null;
}

/** `China (Hangzhou)`; the id of a region that is not in the list. */
export function regionName(id: string): string {
  return findRegion(id)?.name ?? id;
}
