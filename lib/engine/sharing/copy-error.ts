import { violates } from '@/db/violations';
import type { CopyWaiting } from '@/lib/backup-shares/sentences';
import { SideError } from '@/lib/engine/transfer/sides';
import { CrossvaultError } from '@/lib/errors';

/** The owner of the backup does not share its key any more. */
export class KeyNotShared extends Error {
  constructor() {
    super('The key of the shared backup is not shared.');
    this.name = 'KeyNotShared';
  }
}

/** Why a copy waits, as a stable word; null for what is simply tried again. */
export function copyWaitingReason(error: unknown): CopyWaiting | null {
  if (error instanceof KeyNotShared) return 'key_not_shared';
  if (isFull(error)) return 'target_vault_full';
  if (!(error instanceof SideError)) return null;
  const { side, cause } = error;
  if (!(cause instanceof CrossvaultError)) return null;
  if (cause.code === 'key_unavailable') return `${side}_key_unavailable`;
  if (cause.code === 'storage_unavailable') return `${side}_storage_unavailable`;
  return side === 'target' && cause.code === 'state_conflict' ? 'target_vault_error' : null;
}

/** What no further attempt mends, for both sides to be told; null otherwise. */
export function copyFailure(error: unknown): 'corrupt_data' | null {
  if (!(error instanceof SideError) || error.side !== 'source') return null;
  return error.cause instanceof CrossvaultError && error.cause.code === 'corrupt_data'
    ? 'corrupt_data'
    : null;
}

function isFull(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    if ('code' in at && at.code === 'CV060') return true;
  }
  return violates(error, 'quota_exceeded');
}
