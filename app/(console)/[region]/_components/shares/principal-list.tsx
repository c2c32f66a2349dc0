'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Id } from '@/components/ui/copyable';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { Status } from '@/components/ui/status';
import { directoryQuery } from '@/lib/directory/query';
import { membersWithin } from '@/lib/directory/rules';
import { sentInvitationsQuery } from '@/lib/resource-shares/query';
import type { Invitation, ResourceShare } from '@/lib/resource-shares/schemas';
import { addPrincipalAction } from '../../shared-by-me/actions';
import { CancelInvitationDialog } from './cancel-invitation-dialog';
import { InvitationStatus } from './invitation-status';
import { associationWords, PrincipalBadges, principalName } from './principal-words';
import { RemovePrincipalDialog } from './remove-principal-dialog';

type Principal = ResourceShare['principals'][number];
type Asked = { kind: 'cancel'; invitation: Invitation } | { kind: 'remove'; principal: Principal };

/** The principals of a share with their states; an open invitation can be cancelled, an ended one repeated. */
export function PrincipalList({ share }: { share: ResourceShare }) {
  const sent = useQuery(sentInvitationsQuery()).data?.items ?? [];
  const refusal = useRefusal('shares.manage');
  const removal = useRefusal('shares.manage', 'stop');
  const { show } = useFlash();
  const [asked, setAsked] = useState<Asked | null>(null);
  const again = useAction(addPrincipalAction, (_, { id: invited }) => {
    const name = share.principals.find(({ id }) => id === invited)?.name ?? invited;
    show({ kind: 'success', title: `${name} is invited to ${share.name} again.` });
  });
  const invitationOf = (principal: Principal) =>
    sent.find(
      ({ shareId, recipient, status }) =>
        shareId === share.id && recipient.accountId === principal.id && status === 'pending',
    );
  return (
    <>
      <ul
        aria-label={`Principals of ${share.name}`}
        className="divide-y divide-line rounded-md border border-line"
      >
        {share.principals.map((principal) => (
          <li
            key={`${principal.type}/${principal.id}`}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2"
          >
            <PrincipalIdentity principal={principal} />
            <span className="basis-44">
              <PrincipalState principal={principal} />
            </span>
            <span className="flex min-w-36 justify-end">
              {share.status === 'active' && (
                <PrincipalButton
                  principal={principal}
                  refusal={refusal}
                  removal={removal}
                  invitation={invitationOf(principal)}
                  isPending={again.isPending}
                  onAsk={setAsked}
                  onInvite={() => again.send({ shareId: share.id, type: principal.type, id: principal.id })}
                />
              )}
            </span>
          </li>
        ))}
        {share.principals.length === 0 && <li className="px-3 py-2 text-muted">No principals.</li>}
      </ul>
      {again.error && <Callout kind="danger">{again.error.message}</Callout>}
      {asked?.kind === 'cancel' && (
        <CancelInvitationDialog invitation={asked.invitation} onClose={() => setAsked(null)} />
      )}
      {asked?.kind === 'remove' && (
        <RemovePrincipalDialog share={share} principal={asked.principal} onClose={() => setAsked(null)} />
      )}
    </>
  );
}

function PrincipalIdentity({ principal }: { principal: Principal }) {
  const directory = useQuery(directoryQuery()).data?.directory ?? null;
  const reached =
    directory && principal.type !== 'account' && principal.status === 'associated'
      ? membersWithin(directory, principal.id, directory.id).length
      : null;
  return (
    <span className="min-w-0 flex-1 basis-48">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="truncate font-medium">{principalName(principal)}</span>
        <PrincipalBadges type={principal.type} isExternal={principal.isExternal} />
      </span>
      <Id value={principal.id} cut="whole" />
      {reached !== null && (
        <span className="block text-muted text-sm">
          {plural(reached, 'member')} now; accounts that join later are included
        </span>
      )}
    </span>
  );
}

/** The invitation speaks while there is one to answer or to repeat; else the association itself. */
function PrincipalState({ principal }: { principal: Principal }) {
  const { status, statusReason, invitationStatus, expiresAt, isExternal } = principal;
  if (isExternal && (status === 'associating' || status === 'failed')) {
    return <InvitationStatus status={invitationStatus} expiresAt={expiresAt} />;
  }
  const { kind, word } = associationWords[status];
  return (
    <Status kind={kind} detail={statusReason ?? undefined}>
      {word}
    </Status>
  );
}

interface PrincipalButtonProps {
  principal: Principal;
  refusal: string | null;
  /** Taking access away is about something else than giving it. */
  removal: string | null;
  invitation: Invitation | undefined;
  isPending: boolean;
  onAsk: (asked: Asked) => void;
  onInvite: () => void;
}

function PrincipalButton(props: PrincipalButtonProps) {
  const { principal, refusal, removal, invitation, isPending, onAsk, onInvite } = props;
  const label = principalName(principal);
  switch (principal.status) {
    case 'associated':
      return (
        <Button
          size="sm"
          aria-label={`Remove ${label}`}
          disabledReason={removal}
          onClick={() => onAsk({ kind: 'remove', principal })}
        >
          Remove
        </Button>
      );
    case 'associating':
      return (
        invitation && (
          <Button
            size="sm"
            aria-label={`Cancel invitation of ${label}`}
            disabledReason={removal}
            onClick={() => onAsk({ kind: 'cancel', invitation })}
          >
            Cancel invitation
          </Button>
        )
      );
    default:
      return (
        <Button
          size="sm"
          aria-label={principal.isExternal ? `Invite ${label} again` : `Add ${label} again`}
          disabledReason={refusal}
          isLoading={isPending}
          onClick={onInvite}
        >
          {principal.isExternal ? 'Invite again' : 'Add again'}
        </Button>
      );
  }
}
