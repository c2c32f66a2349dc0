import Link from 'next/link';
import { KeptNewest } from '@/app/(console)/_components/policies/point-policy';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { Id } from '@/components/ui/copyable';
import { formatCount } from '@/components/ui/format';
import { Bytes, Nothing, Time } from '@/components/ui/quantities';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import { PointTier } from './point-tier';
import { contentsOf, pointHref, RemovalNote, Replicated } from './point-words';

export type PointColumn = 'vault' | 'source';

/** The server answers newest first and offers no other order. `vaults` can be filtered by. */
export function pointColumns(
  hidden: PointColumn | null,
  vaults: { id: string; name: string }[],
): Column<BackupPoint>[] {
  const columns: Column<BackupPoint>[] = [
    {
      id: 'created',
      header: 'Backup point',
      isTitle: true,
      searchText: () => '',
      cell: (point) => (
        <>
          <Link href={pointHref(point)} className="link block w-fit">
            <Time at={point.createdAt} />
          </Link>
          <Id value={point.id} className="font-normal" />
        </>
      ),
    },
    {
      id: 'source',
      header: 'Data source',
      cell: (point) => (
        <>
          <span className="wrap-anywhere block">{point.source.name}</span>
          <span className="wrap-anywhere block text-muted">{contentsOf(point)}</span>
        </>
      ),
    },
    {
      id: 'vault',
      header: 'Vault',
      filter: vaults.length > 0 ? vaultFilter(vaults) : undefined,
      cell: ({ vault }) => (
        <Link href={`${sectionHref(vault.region, 'vaults')}/${vault.id}`} className="link wrap-anywhere">
          {vault.name}
        </Link>
      ),
    },
    {
      id: 'tier',
      header: 'Tier',
      filter: {
        label: 'Tier',
        options: [
          { value: 'standard', label: 'Standard' },
          { value: 'archive', label: 'Archive' },
        ],
        valueOf: (point) => point.tier,
      },
      cell: (point) => <PointTier point={point} />,
    },
    { id: 'size', header: 'Source data', align: 'end', cell: (point) => <Bytes value={point.sourceBytes} /> },
    { id: 'added', header: 'Added', align: 'end', cell: (point) => <Bytes value={point.addedBytes} /> },
    { id: 'files', header: 'Files', align: 'end', cell: (point) => formatCount(point.fileCount) },
    {
      id: 'expires',
      header: 'Expires',
      cell: (point) => (
        <span className="flex flex-wrap items-center gap-x-2">
          <Time at={point.expiresAt} />
          {point.isLocked && <Badge>Locked</Badge>}
          <KeptNewest point={point} />
        </span>
      ),
    },
    {
      id: 'policy',
      header: 'Policy',
      cell: ({ policy }) => (policy ? policy.name : <Nothing label="Made without a policy" />),
    },
    {
      id: 'replicated',
      header: 'Second copy',
      cell: (point) => (
        <>
          <Replicated point={point} />
          <RemovalNote point={point} />
        </>
      ),
    },
  ];
  return columns.filter((column) => column.id !== hidden);
}

function vaultFilter(vaults: { id: string; name: string }[]): Column<BackupPoint>['filter'] {
  return {
    label: 'Vault',
    options: vaults.map(({ id, name }) => ({ value: id, label: name })),
    valueOf: (point) => point.vault.id,
  };
}
