'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Archive, FolderSearch, History, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { useTableUrlState } from '@/components/console/data-table/use-table-url-state';
import { sectionHref } from '@/components/console/navigation';
import { ButtonLink } from '@/components/ui/button';
import { formatTime } from '@/components/ui/format';
import { backupPointPagesQuery } from '@/lib/backup-points/query';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { DeletePointDialog } from './delete-point-dialog';
import { pointColumns } from './point-columns';
import type { VaultTabProps } from './vault-detail';

const urlPrefix = 'points.';

export function PointsTab({ vault }: VaultTabProps) {
  const [deleting, setDeleting] = useState<BackupPoint | null>(null);
  const columns = useMemo(() => pointColumns(vault), [vault]);
  const url = useTableUrlState(columns, urlPrefix);
  const points = useInfiniteQuery({
    ...backupPointPagesQuery({ vaultId: vault.id, query: url.state.text }),
    placeholderData: keepPreviousData,
  });
  const refuse = useRefusals();
  const rows = points.data?.pages.flatMap((page) => page.items);
  return (
    <>
      <DataTable<BackupPoint>
        id="vault-points"
        title="Backup points"
        noun="backup points"
        columns={columns}
        rows={rows}
        getRowId={(point) => point.id}
        getRowName={(point) => `${point.source.name}, ${formatTime(new Date(point.createdAt), 'UTC')}`}
        error={points.error?.message}
        onRetry={() => void points.refetch()}
        urlPrefix={urlPrefix}
        searchPlaceholder="Find by data source, path or id"
        server={{
          total: points.data?.pages[0]?.total ?? 0,
          hasMore: points.hasNextPage,
          isLoadingMore: points.isFetchingNextPage,
          onLoadMore: () => void points.fetchNextPage(),
        }}
        rowActions={(point) => [
          {
            label: 'Restore',
            icon: <History />,
            href: `${sectionHref(vault.region, 'restore')}?vault=${vault.id}&point=${point.id}`,
            disabledReason: refuse('restore.run'),
          },
          {
            label: 'Browse files',
            icon: <FolderSearch />,
            href: `${sectionHref(vault.region, 'backup-points')}/${point.id}`,
          },
          {
            label: 'Delete',
            icon: <Trash2 />,
            isDanger: true,
            startsGroup: true,
            disabledReason: refuse('points.delete') ?? (point.canDelete ? null : point.deleteRefusal),
            onSelect: () => setDeleting(point),
          },
        ]}
        empty={{ icon: <Archive />, title: 'No backup points yet', ...emptyWords(vault) }}
      />
      {deleting && <DeletePointDialog point={deleting} onClose={() => setDeleting(null)} />}
    </>
  );
}

function emptyWords(vault: Vault) {
  if (vault.kind === 'replication_target') {
    return {
      description:
        'Copies appear here when another vault replicates into this one. Backups cannot be made into it directly.',
    };
  }
  return {
    description: 'Each backup of a client into this vault adds a point to restore from.',
    action: (
      <ButtonLink variant="primary" href={sectionHref(vault.region, 'clients')}>
        Run a backup
      </ButtonLink>
    ),
  };
}
