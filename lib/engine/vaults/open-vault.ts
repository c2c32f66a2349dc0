import type { ObjectStore, OnStoredPack, VaultReader, VaultWriter } from '@/lib/engine/core';
import type { NameSet } from '@/lib/engine/core/name-set';
import type { StorageTier } from '@/lib/engine/core/tier';
import type { VaultKeys } from '@/lib/engine/core/vault-keys';
import { createVaultReader } from '@/lib/engine/core/vault-reader';
import { createVaultWriter } from '@/lib/engine/core/vault-writer';
import { CrossvaultError, notFound } from '@/lib/errors';
import { PostgresIndex } from '../index/postgres-index';
import type { VaultAddress, VaultEnvironment } from './environment';
import { openKeys, openNamingKey } from './opened-keys';
import { loadVaultRow, type VaultRow } from './vault-row';
import { requireEnabled, wrappingKeyOf } from './wrapping-key';

/** A naming key and one dedup space under it, in one vault. */
export interface VaultLineage {
  lineageId: string;
  namingKey: Uint8Array;
  spaceNo: number;
  tier: StorageTier;
}

export interface WriterOptions {
  onStored?: OnStoredPack;
  /** See `VaultWriterOptions`. */
  taken?: NameSet;
}

export interface OpenVault {
  readonly address: VaultAddress;
  readonly vaultId: string;
  readonly region: string;
  readonly store: ObjectStore;
  readonly keys: VaultKeys;
  /**
   * All lineages with a space in the standard tier, oldest first. A vault for backups has one from its start; a target
   * what it adopted; an archive vault none.
   */
  readonly lineages: readonly VaultLineage[];
  /** The spaces of both tiers. A lineage has one in the archive when something of it was archived. */
  readonly spaces: readonly VaultLineage[];

  /**
   * Asks again whether the vault's key may be used. Work that goes on for longer than a step asks before each of them.
   * @throws `key_unavailable`.
   */
  requireKey(): Promise<void>;
  /** The lineage in the standard tier. @throws `not_found` for a lineage this vault does not hold there. */
  lineage(lineageId: string): VaultLineage;
  /** @throws `not_found` for a space of another vault. */
  space(spaceNo: number): VaultLineage;
  /** The index of a lineage's space; with a pin for work that adds packs. */
  index(lineage: VaultLineage, pinNo?: number): PostgresIndex;
  /** Reads the lineage's chunks and checks their names. */
  reader(lineage: VaultLineage): VaultReader;
  /**
   * Writes under the vault's newest key. Every durable pack is recorded in the index under the pin before `onStored`
   * hears of it. The pin must already be committed.
   */
  writer(lineage: VaultLineage, pinNo: number, options?: WriterOptions): VaultWriter;
}

/**
 * Opens a vault for one step of work. The vault's and the key's state are read anew on every call, so that disabling a
 * key takes effect with the next step; only opened keys are cached. Call it per job or step and do not keep the answer.
 *
 * @throws `not_found` (also for a stranger's vault, or a source whose replication has ended), `key_unavailable` (the
 * message names vault and key), `state_conflict` while the vault is initializing or deleting, `storage_unavailable`.
 */
export async function openVault(environment: VaultEnvironment, address: VaultAddress): Promise<OpenVault> {
  const row = await loadVaultRow(environment, address);
  requireReady(row);
  return openVaultRow(environment, address, row);
}

/** A vault in `error` may be tried: that is how it is found well again. */
function requireReady(row: VaultRow): void {
  if (row.status === 'deleting') throw notFound('vault');
  if (row.status === 'initializing' || !row.hasKeys) {
    throw new CrossvaultError(
      'state_conflict',
      `The vault ${row.name} is not ready yet. Try again shortly.`,
      {
        reason: 'vault_not_ready',
      },
    );
  }
}

export async function openVaultRow(
  environment: VaultEnvironment,
  address: VaultAddress,
  row: VaultRow,
): Promise<OpenVault> {
  const wrapping = wrappingKeyOf(row, environment.serviceKey);
  const store = environment.storage.vaultStore(row);
  try {
    const opened = await openKeys(environment, store, row.id, wrapping, row.keyVersion);
    const spaces: VaultLineage[] = [];
    for (const space of row.spaces) {
      spaces.push({ ...space, namingKey: await openNamingKey(store, opened, space.lineageId) });
    }
    return bind(environment, address, row, store, opened.keys, spaces);
  } catch (cause) {
    if (cause instanceof CrossvaultError && cause.reason === 'wrapping_key_missing') {
      const { reason } = cause;
      throw new CrossvaultError('key_unavailable', `${row.name} cannot be opened. ${cause.message}`, {
        reason,
        cause,
      });
    }
    // The database says that the vault is there, so a missing key is a store that lost it or is not mounted.
    if (cause instanceof CrossvaultError && cause.code === 'not_found') throw storageGone(row, cause);
    throw cause;
  }
}

function storageGone(row: VaultRow, cause: unknown): CrossvaultError {
  return new CrossvaultError(
    'storage_unavailable',
    `The storage of the vault ${row.name} in ${row.region} does not hold its keys. Check that it is mounted.`,
    { cause, reason: 'vault_storage_empty' },
  );
}

function bind(
  environment: VaultEnvironment,
  address: VaultAddress,
  row: VaultRow,
  store: ObjectStore,
  keys: VaultKeys,
  spaces: readonly VaultLineage[],
): OpenVault {
  const { db, work } = environment;
  const lineages = spaces.filter(({ tier }) => tier === 'standard');
  const vault: OpenVault = {
    address,
    vaultId: row.id,
    region: row.region,
    store,
    keys,
    lineages,
    spaces,
    async requireKey() {
      if (row.encryption === 'kms') requireEnabled(await loadVaultRow(environment, address));
    },
    lineage(lineageId) {
      const lineage = lineages.find((one) => one.lineageId === lineageId);
      if (!lineage) throw notFound('lineage');
      return lineage;
    },
    space(spaceNo) {
      const space = spaces.find((one) => one.spaceNo === spaceNo);
      if (!space) throw notFound('chunk space');
      return space;
    },
    index: ({ spaceNo, tier }, pinNo) =>
      new PostgresIndex(db, { ...address, spaceNo, tier, pinNo, keyVersion: keys.current.version }),
    reader: ({ namingKey }) => createVaultReader({ store, keys, namingKey, pool: work }),
    writer: (lineage, pinNo, { onStored, taken } = {}) =>
      createVaultWriter({
        taken,
        store,
        keys,
        namingKey: lineage.namingKey,
        tier: lineage.tier,
        pool: work,
        // A source's frame was named by a gateway before it was sealed; opening it authenticates it, and a copy need not
        // decompress what it re-seals.
        verifyForeignNames: false,
        onStoredPack: async (stored) => {
          await vault.index(lineage, pinNo).add(stored.pack, stored.rows);
          await onStored?.(stored);
        },
      }),
  };
  return vault;
}
