import { CrossvaultError } from '@/lib/errors';
import type { VaultKind } from '@/lib/vaults/schemas';
import type { BackupPoint } from './schemas';

export const ticketSeconds = 60;

/**
 * A lock holds a point until its retention ends, and not a moment longer. What came by a share goes when its owner deletes
 * it: no lock of the recipient's covers it.
 */
export function isLocked(
  vault: { lockedAt: Date | null },
  point: { expiresAt: Date; shareId?: string | null },
  now: Date,
): boolean {
  return vault.lockedAt !== null && !point.shareId && point.expiresAt > now;
}

/** Why a hand may not delete a point now, or null. */
export function deletionRefusal(
  vault: { kind: VaultKind; lockedAt: Date | null; isReplicating: boolean },
  point: { expiresAt: Date; shareId?: string | null },
  now: Date,
): CrossvaultError | null {
  if (isLocked(vault, point, now)) {
    return new CrossvaultError(
      'locked',
      'The vault is locked: its backup points stay until their retention ends.',
      { reason: 'vault_locked' },
    );
  }
  if (vault.kind === 'replication_target' && vault.isReplicating) {
    return new CrossvaultError(
      'state_conflict',
      'This is a copy that a running replication keeps. Stop the replication first.',
      { reason: 'replication_active' },
    );
  }
  return null;
}

/**
 * Whether a point has reached the target. `copy` is what the vault's replication (the running one, else the last)
 * knows of the point: null when it has not planned it yet.
 */
export function replicatedState(
  replication: { state: 'active' | 'stopped' } | null,
  copy: { state: 'pending' | 'copied' | 'expired' | 'archived' | 'deleted' | 'skipped' } | null,
): BackupPoint['replicated'] {
  if (!replication) return 'not_applicable';
  if (copy?.state === 'copied') return 'yes';
  const isStillDue = copy === null || copy.state === 'pending';
  return replication.state === 'active' && isStillDue ? 'pending' : 'no';
}
