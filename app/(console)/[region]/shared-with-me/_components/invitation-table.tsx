'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { Inbox } from 'lucide-react';
import { useMemo } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Button, ButtonLink } from '@/components/ui/button';
import { Id } from '@/components/ui/copyable';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import type { Invitation } from '@/lib/resource-shares/schemas';
import { InvitationStatus, invitationWords } from '../../_components/shares/invitation-status';
import { holdings, keyName } from '../../_components/shares/principal-words';

interface InvitationTableProps {
  status: Invitation['status'];
  region: string;
  rows: Invitation[] | undefined;
  query: UseQueryResult<unknown>;
  onAccept: (invitation: Invitation) => void;
  onReject: (invitation: Invitation) => void;
}

const emptyWords: Record<Invitation['status'], { title: string; description: string }> = {
  pending: {
    title: 'No pending invitations',
    description:
      'When another account shares a replication target vault or a key with this one, the invitation appears here for 7 days. Give its administrator the account UID from the top bar.',
  },
  accepted: {
    title: 'Nothing is shared with this account',
    description:
      'Accepted invitations appear here, with the vaults that you may choose as a target and the keys that open backups for you.',
  },
  rejected: { title: 'No rejected invitations', description: 'What you reject stays listed here.' },
  expired: {
    title: 'No expired invitations',
    description: 'An invitation that nobody answers within 7 days ends up here.',
  },
  failed: {
    title: 'No failed invitations',
    description: 'An acceptance that could not be completed is listed here with the reason.',
  },
  cancelled: {
    title: 'No cancelled invitations',
    description: 'Invitations that their owner withdrew, and shares that were deleted, are listed here.',
  },
};

export function InvitationTable(props: InvitationTableProps) {
  const { status, region, rows, query, onAccept, onReject } = props;
  const refusal = useRefusal('shares.manage');
  const rejection = useRefusal('shares.manage', 'stop');
  const columns = useMemo(
    () => [
      ...invitationColumns,
      ...(status === 'pending' ? [answerColumn({ refusal, rejection, onAccept, onReject })] : []),
      ...(status === 'accepted' ? [nextColumn(region)] : []),
    ],
    [status, region, refusal, rejection, onAccept, onReject],
  );
  return (
    <DataTable<Invitation>
      id="invitations"
      title={`${invitationWords[status].word} invitations`}
      noun="invitations"
      columns={columns}
      rows={rows}
      getRowId={(invitation) => invitation.id}
      getRowName={(invitation) => invitation.shareName}
      error={query.error?.message}
      onRetry={() => void query.refetch()}
      defaultSort={{ columnId: 'received', isDescending: true }}
      searchPlaceholder="Find by resource share or account"
      empty={{ icon: <Inbox />, ...emptyWords[status] }}
    />
  );
}

const invitationColumns: Column<Invitation>[] = [
  {
    id: 'share',
    header: 'Resource share',
    isTitle: true,
    sortValue: (invitation) => invitation.shareName,
    searchText: ({ shareName, shareId, owner }) =>
      `${shareName}\n${shareId}\n${owner.name}\n${owner.accountId}`,
    cell: (invitation) => (
      <>
        <span className="wrap-anywhere block">{invitation.shareName}</span>
        <Id value={invitation.shareId} className="font-normal" />
      </>
    ),
  },
  {
    id: 'owner',
    header: 'From',
    sortValue: (invitation) => invitation.owner.name,
    cell: ({ owner }) => (
      <>
        <span className="block">{owner.name}</span>
        <Id value={owner.accountId} cut="whole" />
      </>
    ),
  },
  {
    id: 'vaults',
    header: 'Vaults and keys',
    sortValue: ({ vaultCount, keyCount }) => vaultCount + keyCount,
    cell: (invitation) => heldBy(invitation) || <Nothing />,
  },
  {
    id: 'permission',
    header: 'Permission',
    isHiddenAtFirst: true,
    cell: (invitation) => <span className="wrap-anywhere font-mono">{invitation.permission}</span>,
  },
  {
    id: 'received',
    header: 'Received',
    sortValue: (invitation) => invitation.createdAt,
    cell: (invitation) => <RelativeTime at={invitation.createdAt} />,
  },
  {
    id: 'state',
    header: 'State',
    cell: ({ status, expiresAt, statusReason }) => (
      <InvitationStatus status={status} expiresAt={expiresAt} reason={statusReason} />
    ),
  },
  {
    id: 'answered',
    header: 'Answered',
    isHiddenAtFirst: true,
    sortValue: (invitation) => invitation.respondedAt,
    cell: (invitation) => <RelativeTime at={invitation.respondedAt} />,
  },
];

/** By name once it is seen, else how much there is. */
function heldBy({ vaults, vaultCount, keys, keyCount, status }: Invitation): string {
  const names = [...vaults.map(({ name }) => name), ...keys.map(keyName)];
  if (status === 'accepted' && names.length > 0) return names.join(', ');
  return holdings({ vaultCount, keyCount });
}

function answerColumn({
  refusal,
  rejection,
  onAccept,
  onReject,
}: Pick<InvitationTableProps, 'onAccept' | 'onReject'> & {
  refusal: string | null;
  rejection: string | null;
}): Column<Invitation> {
  return {
    id: 'answer',
    header: 'Answer',
    cell: (invitation) => (
      <span className="flex gap-2">
        <Button
          size="sm"
          variant="primary"
          aria-label={`Accept ${invitation.shareName}`}
          disabledReason={refusal}
          onClick={() => onAccept(invitation)}
        >
          Accept
        </Button>
        <Button
          size="sm"
          aria-label={`Reject ${invitation.shareName}`}
          disabledReason={rejection}
          onClick={() => onReject(invitation)}
        >
          Reject
        </Button>
      </span>
    ),
  };
}

function nextColumn(region: string): Column<Invitation> {
  return {
    id: 'use',
    header: 'Use it',
    cell: ({ vaultCount, keyCount }) =>
      vaultCount === 0 && keyCount > 0 ? (
        <ButtonLink size="sm" href={sectionHref(region, 'shared-backups')}>
          Open backups shared with me
        </ButtonLink>
      ) : (
        <ButtonLink size="sm" href={`${sectionHref(region, 'vaults')}?kind=standard`}>
          Choose a vault to replicate
        </ButtonLink>
      ),
  };
}
