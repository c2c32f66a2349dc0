import { CrossvaultError } from '@/lib/errors';
import { type VaultKind, vaultKinds } from '@/lib/vaults/schemas';
import type { Invitation, ResourceShare } from './schemas';

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

/** What the delete dialog tells before the name is typed. */
export function deletionConsequences(
  share: Pick<ResourceShare, 'principals' | 'vaults' | 'activeReplications'>,
): string[] {
  const accepted = share.principals.filter((principal) => principal.invitationStatus === 'accepted').length;
  const pending = share.principals.filter((principal) => principal.invitationStatus === 'pending').length;
  const running = share.activeReplications;
  const told = [
    accepted > 0 &&
      `${count(accepted, 'account')} can no longer see or choose ${count(share.vaults.length, 'vault')}.`,
    pending > 0 && `${count(pending, 'open invitation')} will be cancelled.`,
    running.length > 0 &&
      `${count(running.length, 'replication')} will stand still: nothing more is copied until the vault is shared ` +
        'with the source account again. What has been copied stays and can be restored.',
    'Vaults and their backup points are not deleted.',
  ];
  return told.filter((line) => line !== false);
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
