import type { ObjectStore } from '@/lib/engine/core';
import { CrossvaultError } from '@/lib/errors';
import type { WaitingReason } from '@/lib/replication/schemas';

/** An error together with the end of the replication it happened at. */
export class SideError extends Error {
  constructor(
    readonly side: 'source' | 'target',
    override readonly cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'SideError';
  }
}

/** Marks whatever `work` throws with the side it worked on. */
export async function onSide<T>(side: 'source' | 'target', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof SideError ? cause : new SideError(side, cause);
  }
}

/**
 * Why a replication cannot go on, as a stable word; null for what is no state of either side (a lost database
 * connection, say), which is simply tried again.
 */
export function waitingReason(error: unknown): WaitingReason | null {
  if (!(error instanceof SideError)) return null;
  const { side, cause } = error;
  if (!(cause instanceof CrossvaultError)) return null;
  if (cause.code === 'key_unavailable') return `${side}_key_unavailable`;
  if (cause.code === 'storage_unavailable') return `${side}_storage_unavailable`;
  if (cause.code === 'corrupt_data') return 'corrupt_data';
  if (cause.code === 'state_conflict' || cause.code === 'not_found') return `${side}_vault_error`;
  return null;
}

/**
 * An object that should be there and is not: when the whole vault is gone from the store, the store is not mounted or was
 * emptied; when only the object is, data is damaged.
 */
export async function explainMissing(store: ObjectStore, cause: CrossvaultError): Promise<CrossvaultError> {
  const header = await store.stat('vault.json');
  return header
    ? new CrossvaultError('corrupt_data', `Stored data is missing. ${cause.message}`, { cause })
    : new CrossvaultError(
        'storage_unavailable',
        'The storage of the vault is empty. Check that it is mounted.',
        {
          cause,
          reason: 'vault_storage_empty',
        },
      );
}
