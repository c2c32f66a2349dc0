'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Archive, FolderSearch, History, Trash2 } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useGroupEmpty } from '@/app/(console)/_components/use-group-empty';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import type { EmptyContent } from '@/components/console/data-table/types';
import { useTableUrlState } from '@/components/console/data-table/use-table-url-state';
import { useResourceGroup } from '@/components/console/use-resource-group';
import { formatTime } from '@/components/ui/format';
import { backupPointPagesQuery } from '@/lib/backup-points/query';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import { ArchivePointPanel } from './archive-point-panel';
import { DeletePointDialog } from './delete-point-dialog';
import { type PointColumn, pointColumns } from './point-columns';
import { pointHref, restoreHref } from './point-words';

interface PointsTableProps {
  id: string;
  filter: { vaultId?: string; sourceId?: string; region?: string };
  empty: EmptyContent;
  /** A column that would say the same in every row. */
  hiddenColumn?: PointColumn;
  /** Vaults that can be filtered by. */
  vaults?: { id: string; name: string }[];
  actions?: ReactNode;
  urlPrefix?: string;
}

const noVaults: { id: string; name: string }[] = [];

/** Backup points newest first, each with its way to restore, browse, archive and delete. */
export function PointsTable(props: PointsTableProps) {
  const { id, filter, empty, hiddenColumn = null, vaults = noVaults, actions, urlPrefix } = props;
  const [archived, setArchived] = useState<BackupPoint | null>(null);
  const [deleted, setDeleted] = useState<BackupPoint | null>(null);
  const columns = useMemo(() => pointColumns(hiddenColumn, vaults), [hiddenColumn, vaults]);
  const { state } = useTableUrlState(columns, urlPrefix);
  const [group] = useResourceGroup();
  const shownEmpty = useGroupEmpty('backup points', { icon: <Archive />, ...empty });
  const points = useInfiniteQuery(
    backupPointPagesQuery({
      ...filter,
      ...(group && { resourceGroupId: group }),
      ...(state.filters.vault && { vaultId: state.filters.vault }),
      ...(state.filters.tier && { tier: state.filters.tier as BackupPoint['tier'] }),
      query: state.text,
    }),
  );
  const refuse = useRefusals();
  return (
    <>
      <DataTable<BackupPoint>
        id={id}
        title="Backup points"
        noun="backup points"
        columns={columns}
        rows={points.data?.pages.flatMap((page) => page.items)}
        getRowId={(point) => point.id}
        getRowName={(point) => `${point.source.name}, ${formatTime(new Date(point.createdAt), 'UTC')}`}
        error={points.error?.message}
        onRetry={() => void points.refetch()}
        urlPrefix={urlPrefix}
        actions={actions}
        searchPlaceholder="Find by data source, path, vault or id"
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
            href: restoreHref(point),
            disabledReason: refuse('restore.run'),
          },
          { label: 'Browse files', icon: <FolderSearch />, href: pointHref(point) },
          {
            label: 'Archive',
            icon: <Archive />,
            disabledReason: refuse('points.archive') ?? point.archiveRefusal,
            onSelect: () => setArchived(point),
          },
          {
            label: 'Delete',
            icon: <Trash2 />,
            isDanger: true,
            startsGroup: true,
            disabledReason: refuse('points.delete') ?? point.deleteRefusal,
            onSelect: () => setDeleted(point),
          },
        ]}
        empty={shownEmpty}
      />
      {archived && <ArchivePointPanel point={archived} onClose={() => setArchived(null)} />}
      {deleted && <DeletePointDialog point={deleted} onClose={() => setDeleted(null)} />}
    </>
  );
}
