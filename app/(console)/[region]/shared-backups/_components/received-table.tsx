'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { FolderInput } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { backupHref, kindWords, ShareState } from '@/app/(console)/[region]/backups/_components/backup-words';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { Button, ButtonLink } from '@/components/ui/button';
import { Id } from '@/components/ui/copyable';
import { TransferProgress } from '@/components/ui/progress';
import { Bytes, RelativeTime } from '@/components/ui/quantities';
import type { ReceivedBackupShare } from '@/lib/backup-shares/schemas';
import type { ReceivedTab } from './shared-backups-page';

interface ReceivedTableProps {
  tab: ReceivedTab;
  region: string;
  rows: ReceivedBackupShare[] | undefined;
  query: UseQueryResult<unknown>;
  onAnswer: (answer: 'accept' | 'reject', share: ReceivedBackupShare) => void;
}

const emptyWords: Record<ReceivedTab, { title: string; description: string }> = {
  pending: {
    title: 'No backups wait for an answer',
    description:
      'When another account shares a server or disk backup with your project in this region, it appears here. Give its administrator your project id.',
  },
  accepted: {
    title: 'No accepted backups',
    description: 'What you accept is copied into your vault and listed here and among your backups.',
  },
  rejected: {
    title: 'No rejected backups',
    description: 'What you reject stays listed here. Its owner may share it again.',
  },
  ended: {
    title: 'Nothing has ended',
    description: 'Shares that their owner cancelled, and backups that were deleted, are listed here.',
  },
};

export function ReceivedTable({ tab, region, rows, query, onAnswer }: ReceivedTableProps) {
  const refusal = useRefusal('shares.manage');
  const rejection = useRefusal('shares.manage', 'stop');
  const columns = useMemo(
    () => [
      ...baseColumns,
      ...(tab === 'accepted' ? [copyColumn(region)] : []),
      ...(tab === 'pending' ? [answerColumn({ refusal, rejection, onAnswer })] : []),
    ],
    [tab, region, refusal, rejection, onAnswer],
  );
  return (
    <DataTable<ReceivedBackupShare>
      id="received-backups"
      title="Backups shared with me"
      noun="shared backups"
      columns={columns}
      rows={rows}
      getRowId={({ id }) => id}
      getRowName={({ backup }) => backup.name}
      error={query.error?.message}
      onRetry={() => void query.refetch()}
      defaultSort={{ columnId: 'received', isDescending: true }}
      searchPlaceholder="Find by backup, server, disk or account"
      empty={{
        icon: <FolderInput />,
        ...emptyWords[tab],
        action:
          tab === 'pending' ? (
            <ButtonLink href={sectionHref(region, 'credentials')}>Show my project id</ButtonLink>
          ) : undefined,
      }}
    />
  );
}

const baseColumns: Column<ReceivedBackupShare>[] = [
  {
    id: 'backup',
    header: 'Backup',
    isTitle: true,
    sortValue: ({ backup }) => backup.name,
    searchText: ({ backup, sharer }) =>
      [backup.name, backup.id, backup.source.name, backup.source.id, sharer.name, sharer.accountId].join(
        '\n',
      ),
    cell: ({ backup }) => (
      <>
        <span className="flex flex-wrap items-center gap-2">
          <span className="wrap-anywhere">{backup.name}</span>
          {backup.isEncrypted && <Badge>Encrypted</Badge>}
        </span>
        <span className="block font-normal text-muted text-sm">
          {kindWords[backup.kind]} of {backup.source.name}
        </span>
      </>
    ),
  },
  {
    id: 'from',
    header: 'From',
    sortValue: ({ sharer }) => sharer.name,
    cell: ({ sharer }) => (
      <>
        <span className="wrap-anywhere block">{sharer.name}</span>
        <Id value={sharer.accountId} cut="whole" />
      </>
    ),
  },
  {
    id: 'size',
    header: 'Size',
    align: 'end',
    sortValue: ({ backup }) => backup.sizeBytes,
    cell: ({ backup }) => <Bytes value={backup.sizeBytes} />,
  },
  {
    id: 'state',
    header: 'State',
    cell: ({ state, stateReason, endedBy, isKeyMissing }) => (
      <ShareState
        state={state}
        endedBy={endedBy}
        reason={isKeyMissing ? 'Its owner does not share its key' : stateReason}
      />
    ),
  },
  {
    id: 'expires',
    header: 'Expires',
    sortValue: ({ backup }) => backup.expiresAt,
    cell: ({ backup }) => <RelativeTime at={backup.expiresAt} />,
  },
  {
    id: 'received',
    header: 'Shared',
    sortValue: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

function copyColumn(region: string): Column<ReceivedBackupShare> {
  return {
    id: 'copy',
    header: 'Copy',
    cell: ({ state, copy, backup }) => {
      if (!copy) return null;
      if (state === 'accepted')
        return (
          <>
            <Link href={backupHref(region, copy.pointId)} className="link block">
              Open backup
            </Link>
            <span className="text-muted text-sm">in {copy.vault.name}</span>
          </>
        );
      if (copy.waitingSentence)
        return <span className="block min-w-48 text-sm text-warning">{copy.waitingSentence}</span>;
      return (
        <div className="min-w-48">
          <TransferProgress
            label={`Copying into ${copy.vault.name}`}
            doneBytes={copy.bytesDone}
            totalBytes={copy.bytesTotal > 0 ? Math.max(copy.bytesTotal, copy.bytesDone) : backup.sizeBytes}
            rateBytesPerSecond={copy.rateBytesPerSecond}
            secondsLeft={
              copy.rateBytesPerSecond > 0
                ? Math.ceil(Math.max(0, copy.bytesTotal - copy.bytesDone) / copy.rateBytesPerSecond)
                : null
            }
            lastProgressAt={copy.lastProgressAt}
          />
        </div>
      );
    },
  };
}

function answerColumn({
  refusal,
  rejection,
  onAnswer,
}: Pick<ReceivedTableProps, 'onAnswer'> & {
  refusal: string | null;
  rejection: string | null;
}): Column<ReceivedBackupShare> {
  return {
    id: 'answer',
    header: 'Answer',
    cell: (share) => (
      <span className="flex gap-2">
        <Button
          size="sm"
          variant="primary"
          aria-label={`Accept ${share.backup.name}`}
          disabledReason={refusal}
          onClick={() => onAnswer('accept', share)}
        >
          Accept
        </Button>
        <Button
          size="sm"
          aria-label={`Reject ${share.backup.name}`}
          disabledReason={rejection}
          onClick={() => onAnswer('reject', share)}
        >
          Reject
        </Button>
      </span>
    ),
  };
}
