'use client';

import { useQuery } from '@tanstack/react-query';
import { Archive } from 'lucide-react';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { Badge } from '@/components/ui/badge';
import { Id } from '@/components/ui/copyable';
import { Bytes, Nothing, RelativeTime, Time } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import { replicationPointsQuery } from '@/lib/replication/query';
import type { Replication, ReplicationPoint } from '@/lib/replication/schemas';

const stateWords: Record<ReplicationPoint['state'], { kind: StatusKind; word: string; detail?: string }> = {
  pending: { kind: 'pending', word: 'To copy' },
  copied: { kind: 'success', word: 'Copied' },
  expired: { kind: 'off', word: 'Expired', detail: 'Its retention ended before it was copied' },
  archived: {
    kind: 'off',
    word: 'Archived',
    detail: 'It moved to the archive tier, which is not replicated',
  },
  deleted: { kind: 'off', word: 'Deleted', detail: 'It was deleted at the source before it was copied' },
  skipped: { kind: 'warning', word: 'Skipped' },
};

const columns: Column<ReplicationPoint>[] = [
  {
    id: 'captured',
    header: 'Captured',
    isTitle: true,
    sortValue: (point) => point.capturedAt,
    searchText: (point) => `${point.sourcePointId} ${point.targetPointId ?? ''}`,
    cell: (point) => <Time at={point.capturedAt} />,
  },
  {
    id: 'state',
    header: 'State',
    sortValue: (point) => point.state,
    filter: {
      label: 'State',
      options: Object.entries(stateWords).map(([value, { word }]) => ({ value, label: word })),
      valueOf: (point) => point.state,
    },
    cell: (point) => {
      const { kind, word, detail } = stateWords[point.state];
      return (
        <Status kind={kind} detail={point.reason ?? detail}>
          {word}
        </Status>
      );
    },
  },
  {
    id: 'part',
    header: 'Part',
    sortValue: (point) => Number(point.isHistory),
    cell: (point) => <Badge>{point.isHistory ? 'History' : 'New'}</Badge>,
  },
  {
    id: 'source',
    header: 'Source data',
    align: 'end',
    sortValue: (point) => point.sourceBytes,
    cell: (point) => <Bytes value={point.sourceBytes} />,
  },
  {
    id: 'copied',
    header: 'Copied',
    align: 'end',
    sortValue: (point) => point.copiedBytes,
    cell: (point) => <Bytes value={point.copiedBytes} />,
  },
  {
    id: 'finished',
    header: 'Finished',
    sortValue: (point) => point.finishedAt,
    cell: (point) => <RelativeTime at={point.finishedAt} />,
  },
  { id: 'sourcePoint', header: 'Source point', cell: (point) => <Id value={point.sourcePointId} /> },
  {
    id: 'targetPoint',
    header: 'Target point',
    cell: (point) => (point.targetPointId ? <Id value={point.targetPointId} /> : <Nothing label="No copy" />),
  },
];

/** What became of each source point, and why. */
export function ReplicationPoints({ replication }: { replication: Replication }) {
  const points = useQuery(replicationPointsQuery(replication.id));
  return (
    <DataTable<ReplicationPoint>
      id="replication-points"
      urlPrefix="copies."
      title="Replicated points"
      noun="points"
      columns={columns}
      rows={points.data?.items}
      getRowId={(point) => point.sourcePointId}
      getRowName={(point) => point.sourcePointId}
      error={points.error?.message}
      onRetry={() => void points.refetch()}
      defaultSort={{ columnId: 'captured', isDescending: true }}
      searchPlaceholder="Find by point id"
      empty={{
        icon: <Archive />,
        title: 'Nothing to copy yet',
        description: `Each backup point of ${replication.source.vaultName} appears here with what became of it.`,
      }}
    />
  );
}
