import type { ChunkLocation, ChunkName, PackRef, PackRow } from './chunk';

/**
 * Where chunks lie: the index of one *space*, that is one lineage in one vault and one storage tier. Chunks of
 * different lineages or tiers are never found through each other. PostgreSQL implements it for the engine;
 * `MemoryIndex` for tests and for rescue. It can always be rebuilt from the packs' tables of contents.
 */
export interface VaultIndex {
  /**
   * Answers in the order asked, `null` for a chunk that is not there. A condemned row is absent to every look-up.
   * Callers pass up to some thousands of names at once.
   */
  lookup(names: readonly ChunkName[]): Promise<(ChunkLocation | null)[]>;

  /**
   * Records a pack that is already durable in the store, all rows or none. Repeatable: the same pack again changes
   * nothing. A name that already has a row keeps its row (the newcomer is dead weight until compaction), unless that
   * row is condemned, in which case the newcomer replaces it.
   * @returns how many names were new.
   */
  add(pack: PackRef, rows: readonly PackRow[]): Promise<{ addedRows: number }>;
}
