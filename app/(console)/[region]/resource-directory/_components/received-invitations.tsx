'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { RelativeTime } from '@/components/ui/quantities';
import { directoryInvitationsQuery } from '@/lib/directory/query';
import type { DirectoryInvitation } from '@/lib/directory/schemas';
import { acceptDirectoryInvitationAction, declineDirectoryInvitationAction } from '../actions';

/** Open invitations into the directory of another account. */
export function ReceivedInvitations({ isInDirectory }: { isInDirectory: boolean }) {
  const invitations = useQuery(directoryInvitationsQuery());
  const [answering, setAnswering] = useState<{
    answer: 'accept' | 'decline';
    of: DirectoryInvitation;
  } | null>(null);
  const refusal = useRefusal('directory.manage');
  const open = invitations.data?.items.filter(({ status }) => status === 'pending') ?? [];
  const taken = isInDirectory
    ? 'This account is in a resource directory already, and it can be in one only.'
    : null;
  return (
    <>
      {open.map((invitation) => (
        <Callout
          key={invitation.id}
          title={`${invitation.management.name} invites this account to its resource directory`}
          action={
            <span className="flex flex-wrap gap-2">
              <Button
                variant="primary"
                size="sm"
                disabledReason={refusal ?? taken}
                onClick={() => setAnswering({ answer: 'accept', of: invitation })}
              >
                Accept invitation
              </Button>
              <Button
                size="sm"
                disabledReason={refusal}
                onClick={() => setAnswering({ answer: 'decline', of: invitation })}
              >
                Decline
              </Button>
            </span>
          }
        >
          <span className="font-mono">{invitation.management.accountId}</span> · expires{' '}
          <RelativeTime at={invitation.expiresAt} />
          {invitation.note && <span className="block">“{invitation.note}”</span>}
        </Callout>
      ))}
      {answering && <AnswerDialog {...answering} onClose={() => setAnswering(null)} />}
    </>
  );
}

interface AnswerDialogProps {
  answer: 'accept' | 'decline';
  of: DirectoryInvitation;
  onClose: () => void;
}

function AnswerDialog({ answer, of: invitation, onClose }: AnswerDialogProps) {
  const { show } = useFlash();
  const isAccepting = answer === 'accept';
  const { name } = invitation.management;
  const send = useAction(
    isAccepting ? acceptDirectoryInvitationAction : declineDirectoryInvitationAction,
    () => {
      show({
        kind: 'success',
        title: isAccepting
          ? `This account has joined the resource directory of ${name}.`
          : `The invitation of ${name} is declined.`,
      });
      onClose();
    },
  );
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={isAccepting ? 'Join resource directory' : 'Decline invitation'}
      subject={name}
      isDanger={false}
      description={
        isAccepting ? undefined : `${name} is told. To join after all, this account needs a new invitation.`
      }
      consequences={
        isAccepting
          ? [
              { label: 'Seen by its members', value: 'The name and the UID of this account' },
              { label: 'Shares inside the directory', value: 'Reach this account without an invitation' },
              { label: `${name} may`, value: 'Move this account between folders and remove it again' },
              { label: 'Vaults and backups', value: 'Stay with this account; nobody else sees them' },
            ]
          : []
      }
      reassurance={isAccepting ? 'Only the management account can take this account out again.' : undefined}
      confirmLabel={isAccepting ? 'Join resource directory' : 'Decline invitation'}
      onConfirm={() => send.send({ id: invitation.id })}
      isPending={send.isPending}
      error={send.error?.message}
    />
  );
}
