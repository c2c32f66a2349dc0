import type { ObjectStore, OnStoredPack, VaultReader, VaultWriter } from '@/lib/engine/core';
import type { VaultKeys } from '@/lib/engine/core/vault-keys';
import type { PostgresIndex } from '../index/postgres-index';
import type { VaultAddress, VaultEnvironment } from './environment';

/** A naming key and the dedup space under it, in one vault. */
export interface VaultLineage {
  lineageId: string;
  namingKey: Uint8Array;
  spaceNo: number;
}

export interface OpenVault {
  readonly address: VaultAddress;
  readonly vaultId: string;
  readonly region: string;
  readonly store: ObjectStore;
  readonly keys: VaultKeys;
  /** All lineages of the vault, oldest first. A standard vault has one from its start; a target what it adopted. */
  readonly lineages: readonly VaultLineage[];

  /** @throws `not_found` for a lineage this vault does not hold. */
  lineage(lineageId: string): VaultLineage;
  /** The index of a lineage's space; with a pin for work that adds packs. */
  index(lineage: VaultLineage, pinNo?: number): PostgresIndex;
  /** Reads the lineage's chunks and checks their names. */
  reader(lineage: VaultLineage): VaultReader;
  /**
   * Writes under the vault's newest key. Every durable pack is recorded in the index under the pin before `onStored`
   * hears of it. The pin must already be committed.
   */
  writer(lineage: VaultLineage, pinNo: number, onStored?: OnStoredPack): VaultWriter;
}

/**
 * Opens a vault for one step of work. The vault's and the key's state are read anew on every call, so that disabling a
 * key takes effect with the next step; only opened keys are cached. Call it per job or step and do not keep the answer.
 *
 * @throws `not_found` (also for a stranger's vault, or a source whose replication has ended), `key_unavailable` (the
 * message names vault and key), `state_conflict` while the vault is initializing or deleting, `storage_unavailable`.
 */
export declare function openVault(environment: VaultEnvironment, address: VaultAddress): Promise<OpenVault>;
