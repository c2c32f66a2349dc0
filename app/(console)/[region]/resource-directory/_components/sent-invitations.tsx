'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { MailPlus, Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Id } from '@/components/ui/copyable';
import { useFlash } from '@/components/ui/flash';
import { RelativeTime } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import { directoryInvitationDays, folderPath } from '@/lib/directory/rules';
import type { Directory, DirectoryInvitation } from '@/lib/directory/schemas';
import { cancelDirectoryInvitationAction } from '../actions';

const words: Record<DirectoryInvitation['status'], { kind: StatusKind; word: string }> = {
  pending: { kind: 'pending', word: 'Pending' },
  accepted: { kind: 'success', word: 'Accepted' },
  declined: { kind: 'stopped', word: 'Declined' },
  cancelled: { kind: 'off', word: 'Cancelled' },
  expired: { kind: 'off', word: 'Expired' },
};

interface SentInvitationsProps {
  directory: Directory;
  query: UseQueryResult<{ items: DirectoryInvitation[] }>;
}

export function SentInvitations({ directory, query }: SentInvitationsProps) {
  const [cancelling, setCancelling] = useState<DirectoryInvitation | null>(null);
  const refusal = useRefusal('directory.manage');
  const columns = useMemo(() => columnsOf(directory), [directory]);
  return (
    <>
      <DataTable<DirectoryInvitation>
        id="directory-invitations"
        title="Invitations into the directory"
        noun="invitations"
        columns={columns}
        rows={query.data?.items}
        getRowId={({ id }) => id}
        getRowName={({ recipient }) => recipient.name ?? recipient.accountId}
        error={query.error?.message}
        onRetry={() => void query.refetch()}
        defaultSort={{ columnId: 'sent', isDescending: true }}
        searchPlaceholder="Find by account"
        rowActions={(invitation) => [
          {
            label: 'Cancel invitation',
            icon: <Undo2 />,
            disabledReason: refusal ?? (invitation.status === 'pending' ? null : 'It is no longer open.'),
            onSelect: () => setCancelling(invitation),
          },
        ]}
        empty={{
          icon: <MailPlus />,
          title: 'No invitations',
          description: `Invite an account from the tree. Its administrator has ${directoryInvitationDays} days to accept.`,
        }}
      />
      {cancelling && <CancelDialog invitation={cancelling} onClose={() => setCancelling(null)} />}
    </>
  );
}

function columnsOf(directory: Directory): Column<DirectoryInvitation>[] {
  return [
    {
      id: 'account',
      header: 'Account',
      isTitle: true,
      sortValue: ({ recipient }) => recipient.name,
      searchText: ({ recipient, id }) => `${recipient.name}\n${recipient.accountId}\n${id}`,
      cell: ({ recipient }) => (
        <>
          <span className="block">{recipient.name ?? recipient.accountId}</span>
          <Id value={recipient.accountId} cut="whole" className="font-normal" />
        </>
      ),
    },
    {
      id: 'state',
      header: 'State',
      sortValue: ({ status }) => status,
      cell: ({ status, expiresAt }) => (
        <Status
          kind={words[status].kind}
          detail={
            status === 'pending' ? (
              <>
                Expires <RelativeTime at={expiresAt} />
              </>
            ) : undefined
          }
        >
          {words[status].word}
        </Status>
      ),
    },
    {
      id: 'folder',
      header: 'Folder',
      cell: ({ folderId }) => folderPath(directory.folders, folderId).join(' / ') || 'Root',
    },
    {
      id: 'sent',
      header: 'Sent',
      sortValue: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
    {
      id: 'answered',
      header: 'Answered',
      sortValue: ({ respondedAt }) => respondedAt,
      cell: ({ respondedAt }) => <RelativeTime at={respondedAt} />,
    },
    { id: 'id', header: 'Id', isHiddenAtFirst: true, cell: ({ id }) => <Id value={id} /> },
  ];
}

function CancelDialog({ invitation, onClose }: { invitation: DirectoryInvitation; onClose: () => void }) {
  const { show } = useFlash();
  const name = invitation.recipient.name ?? invitation.recipient.accountId;
  const cancel = useAction(cancelDirectoryInvitationAction, () => {
    show({ kind: 'success', title: `The invitation of ${name} is cancelled.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Cancel invitation"
      subject={name}
      description="It can no longer be accepted. You can invite the account again at any time."
      confirmLabel="Cancel invitation"
      onConfirm={() => cancel.send({ id: invitation.id })}
      isPending={cancel.isPending}
      error={cancel.error?.message}
    />
  );
}
