import { CrossvaultError } from '@/lib/errors';
import { type VaultKind, vaultKinds } from '@/lib/vaults/schemas';
import type { Invitation } from './schemas';

export const invitationDays = 7;

type InvitationStatus = Invitation['status'];

/** An open invitation is over at its expiry, whether or not anyone has written that down yet. */
export function effectiveStatus(
  invitation: { status: InvitationStatus; expiresAt: Date },
  now: Date,
): InvitationStatus {
  return invitation.status === 'pending' && invitation.expiresAt <= now ? 'expired' : invitation.status;
}

export function invitationExpiry(now: Date): Date {
  return new Date(now.getTime() + invitationDays * 86_400_000);
}

/** What the one who comes second is told. */
export function answeredAlready(status: Exclude<InvitationStatus, 'pending'>): CrossvaultError {
  switch (status) {
    case 'accepted':
      return new CrossvaultError('state_conflict', 'This invitation has been accepted already.', {
        reason: 'already_accepted',
      });
    case 'rejected':
      return new CrossvaultError(
        'state_conflict',
        'This invitation has been rejected. Ask its owner for a new one.',
        {
          reason: 'already_rejected',
        },
      );
    case 'cancelled':
      return new CrossvaultError(
        'state_conflict',
        'The owner has withdrawn this invitation. Ask its owner for a new one.',
        { reason: 'already_cancelled' },
      );
    case 'failed':
      return new CrossvaultError(
        'state_conflict',
        'Accepting this invitation has failed. Ask its owner for a new one.',
        { reason: 'acceptance_failed' },
      );
    case 'expired':
      return new CrossvaultError(
        'expired',
        `This invitation expired after ${invitationDays} days. Ask its owner for a new one.`,
        { reason: 'invitation_expired' },
      );
  }
}

/** Why a vault cannot be put into a resource share, or null. */
export function sharingRefusal(vault: {
  kind: VaultKind;
  status: 'initializing' | 'created' | 'error' | 'deleting';
}): CrossvaultError | null {
  if (!vaultKinds[vault.kind].canBeShared) {
    return new CrossvaultError(
      'not_eligible',
      'Only a replication target vault can be shared. Create one in this account and share that.',
      { reason: 'not_a_replication_target' },
    );
  }
  if (vault.status === 'deleting') {
    return new CrossvaultError('state_conflict', 'This vault is being deleted.', {
      reason: 'vault_deleting',
    });
  }
  return null;
}
