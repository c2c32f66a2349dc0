import type { AssociationStatus, Invitation, Principal } from './schemas';

export interface PrincipalFacts {
  external: boolean;
  isEnded: boolean;
  /** Of the newest invitation of an external principal. */
  invitationStatus: Invitation['status'] | null;
  /** Nothing of what rested on it is still being copied. */
  isSettled: boolean;
}

/** The state of a principal with its share. Inside the directory there is nothing to answer. */
export function principalStatus(facts: PrincipalFacts): AssociationStatus {
  const ended = facts.isSettled ? 'disassociated' : 'disassociating';
  if (facts.isEnded) return ended;
  if (!facts.external) return 'associated';
  switch (facts.invitationStatus) {
    case 'pending':
      return 'associating';
    case 'accepted':
      return 'associated';
    case 'cancelled':
      return ended;
    default:
      return 'failed';
  }
}

const failureSentences = {
  owner_inactive: 'Its account was suspended or closed when the invitation was accepted.',
  nothing_shared: 'It held nothing any more when the invitation was accepted.',
};
const endSentences = {
  removed: 'The owner removed the principal.',
  left: 'The account left the share.',
  left_directory: 'An account left the resource directory.',
  folder_deleted: 'The folder was deleted.',
  share_deleted: 'The owner deleted the share.',
};

export type FailureReason = keyof typeof failureSentences;
export type EndedReason = keyof typeof endSentences;

/** What became of an invitation or a principal, in a sentence; null while there is nothing to tell. */
export function reasonSentence(
  failure: FailureReason | null | undefined,
  ended: EndedReason | null | undefined,
): string | null {
  if (failure) return failureSentences[failure];
  return ended ? endSentences[ended] : null;
}

export function failedSentence(status: Invitation['status'] | null): string | null {
  if (status === 'rejected') return 'The account rejected the invitation.';
  return status === 'expired' ? 'Nobody answered within 7 days.' : null;
}

export interface PrincipalContext {
  ownerAccountId: string;
  scope: 'any_account' | 'directory_only';
  /** The directory that can be used without invitations, or why there is none. */
  directory:
    | { isUsable: true; id: string; memberIds: ReadonlySet<string>; folderIds: ReadonlySet<string> }
    | { isUsable: false; explanation: string };
}

export type PrincipalVerdict = { isFit: true; external: boolean } | { isFit: false; why: string };

/** Whether a principal can be named in a share, and whether it has to be invited; whether the account exists is asked elsewhere. */
export function judgePrincipal(principal: Principal, context: PrincipalContext): PrincipalVerdict {
  const { directory, scope, ownerAccountId } = context;
  if (principal.type === 'account') {
    if (principal.id === ownerAccountId) return unfit('This is your own account. It needs no share here.');
    const isInside = directory.isUsable && directory.memberIds.has(principal.id);
    if (isInside) return { isFit: true, external: false };
    if (scope === 'any_account') return { isFit: true, external: true };
    return unfit(
      directory.isUsable
        ? 'This account is not in the resource directory, and this share is for its accounts only.'
        : directory.explanation,
    );
  }
  if (!directory.isUsable) return unfit(directory.explanation);
  if (principal.type === 'directory') {
    return principal.id === directory.id
      ? { isFit: true, external: false }
      : unfit('This is not the resource directory of this account.');
  }
  return directory.folderIds.has(principal.id)
    ? { isFit: true, external: false }
    : unfit('The resource directory of this account has no such folder.');
}

function unfit(why: string): PrincipalVerdict {
  return { isFit: false, why };
}
