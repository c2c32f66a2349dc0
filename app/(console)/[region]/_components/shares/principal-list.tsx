'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Id } from '@/components/ui/copyable';
import { useFlash } from '@/components/ui/flash';
import { sentInvitationsQuery } from '@/lib/resource-shares/query';
import type { Invitation, ResourceShare } from '@/lib/resource-shares/schemas';
import { addPrincipalAction, cancelInvitationAction } from '../../shared-by-me/actions';
import { InvitationStatus } from './invitation-status';

type Principal = ResourceShare['principals'][number];

/** The accounts of a share with the state of their invitations; an open one can be cancelled, an ended one repeated. */
export function PrincipalList({ share }: { share: ResourceShare }) {
  const sent = useQuery(sentInvitationsQuery()).data?.items ?? [];
  const refusal = useRefusal('shares.manage');
  const { show } = useFlash();
  const [cancelling, setCancelling] = useState<Invitation | null>(null);
  const again = useAction(addPrincipalAction, (_, { id: invited }) => {
    const name = share.principals.find(({ id }) => id === invited)?.name ?? invited;
    show({ kind: 'success', title: `${name} is invited to ${share.name} again.` });
  });
  const buttonOf = (principal: Principal) => {
    const label = principal.name ?? principal.id;
    if (principal.invitationStatus === 'accepted') return null;
    if (principal.invitationStatus !== 'pending') {
      return (
        <Button
          size="sm"
          aria-label={`Invite ${label} again`}
          disabledReason={refusal}
          isLoading={again.isPending}
          onClick={() => again.send({ shareId: share.id, id: principal.id })}
        >
          Invite again
        </Button>
      );
    }
    const invitation = sent.find(
      ({ shareId, recipient, status }) =>
        shareId === share.id && recipient.accountId === principal.id && status === 'pending',
    );
    return (
      invitation && (
        <Button
          size="sm"
          aria-label={`Cancel invitation of ${label}`}
          disabledReason={refusal}
          onClick={() => setCancelling(invitation)}
        >
          Cancel invitation
        </Button>
      )
    );
  };
  return (
    <>
      <ul
        aria-label={`Principals of ${share.name}`}
        className="divide-y divide-line rounded-md border border-line"
      >
        {share.principals.map((principal) => (
          <li key={principal.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2">
            <span className="min-w-0 flex-1 basis-48">
              <span className="block truncate font-medium">{principal.name ?? principal.id}</span>
              <Id value={principal.id} cut="whole" />
            </span>
            <span className="basis-36">
              <InvitationStatus status={principal.invitationStatus} expiresAt={principal.expiresAt} />
            </span>
            <span className="flex min-w-36 justify-end">{buttonOf(principal)}</span>
          </li>
        ))}
        {share.principals.length === 0 && <li className="px-3 py-2 text-muted">No accounts yet.</li>}
      </ul>
      {again.error && <Callout kind="danger">{again.error.message}</Callout>}
      {cancelling && <CancelDialog invitation={cancelling} onClose={() => setCancelling(null)} />}
    </>
  );
}

function CancelDialog({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const { show } = useFlash();
  const name = invitation.recipient.name ?? invitation.recipient.accountId;
  const cancel = useAction(cancelInvitationAction, () => {
    show({ kind: 'success', title: `The invitation of ${name} to ${invitation.shareName} is cancelled.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Cancel invitation"
      subject={name}
      description={`${name} can no longer accept the resource share ${invitation.shareName}. You can invite it again at any time.`}
      confirmLabel="Cancel invitation"
      onConfirm={() => cancel.send({ id: invitation.id })}
      isPending={cancel.isPending}
      error={cancel.error?.message}
    />
  );
}
