'use client';

import { useQuery } from '@tanstack/react-query';
import { Share2 } from 'lucide-react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Id } from '@/components/ui/copyable';
import { RelativeTime } from '@/components/ui/quantities';
import { backupSharesQuery } from '@/lib/backup-shares/query';
import type { BackupShare } from '@/lib/backup-shares/schemas';
import type { Backup } from '@/lib/backups/schemas';
import { ShareState, shareWords } from './backup-words';

/** Everyone a backup was ever shared with; what was rejected or cancelled stays listed. */
export function ShareList({ backup, onShare }: { backup: Backup; onShare: () => void }) {
  const shares = useQuery(backupSharesQuery(backup.id));
  const refusal = useRefusal('shares.manage');
  if (backup.sharedBy) {
    return (
      <Callout>
        This backup came from {backup.sharedBy.name}. It cannot be shared on: ask its owner to share it with
        others.
      </Callout>
    );
  }
  const share = (
    <Button icon={<Share2 />} disabledReason={refusal ?? backup.shareRefusal} onClick={onShare}>
      Share Backup
    </Button>
  );
  return (
    <DataTable<BackupShare>
      id="backup-shares"
      title="Share List"
      noun="shares"
      columns={columns}
      rows={shares.data?.items}
      getRowId={({ id }) => id}
      getRowName={({ recipient }) => recipient.name}
      error={shares.error?.message}
      onRetry={() => void shares.refetch()}
      defaultSort={{ columnId: 'created', isDescending: true }}
      searchPlaceholder="Find by account or project"
      empty={{
        icon: <Share2 />,
        title: 'Not shared yet',
        description:
          'Share this backup with a project of the region. Its account accepts it into a vault of its own.',
        action: share,
      }}
    />
  );
}

const columns: Column<BackupShare>[] = [
  {
    id: 'recipient',
    header: 'Recipient',
    isTitle: true,
    sortValue: ({ recipient }) => recipient.name,
    searchText: ({ recipient }) => `${recipient.name}\n${recipient.accountId}\n${recipient.projectId}`,
    cell: ({ recipient }) => (
      <>
        <span className="wrap-anywhere block">{recipient.name}</span>
        <Id value={recipient.accountId} cut="whole" className="font-normal" />
      </>
    ),
  },
  { id: 'project', header: 'Project id', cell: ({ recipient }) => <Id value={recipient.projectId} /> },
  {
    id: 'state',
    header: 'State',
    sortValue: ({ state }) => state,
    filter: {
      label: 'State',
      options: Object.entries(shareWords).map(([value, { word }]) => ({ value, label: word })),
      valueOf: ({ state }) => state,
    },
    cell: ({ state, stateReason, endedBy, isKeyMissing, cancelWanted }) => (
      <ShareState
        state={state}
        endedBy={endedBy}
        reason={
          isKeyMissing
            ? 'Its key is not shared with the recipient any more'
            : cancelWanted
              ? 'Its cancellation is tried again by itself'
              : stateReason
        }
      />
    ),
  },
  {
    id: 'created',
    header: 'Shared',
    sortValue: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
  {
    id: 'answered',
    header: 'Answered',
    sortValue: ({ respondedAt }) => respondedAt,
    cell: ({ respondedAt }) => <RelativeTime at={respondedAt} />,
  },
  {
    id: 'ended',
    header: 'Ended',
    sortValue: ({ endedAt }) => endedAt,
    cell: ({ endedAt }) => <RelativeTime at={endedAt} />,
  },
  { id: 'by', header: 'Shared by', isHiddenAtFirst: true, cell: ({ createdBy }) => createdBy },
];
