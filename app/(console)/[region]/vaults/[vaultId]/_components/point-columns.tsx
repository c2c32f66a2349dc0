import Link from 'next/link';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { Id } from '@/components/ui/copyable';
import { formatCount } from '@/components/ui/format';
import { Bytes, Nothing, Time } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { Vault } from '@/lib/vaults/schemas';

/** The server answers newest first and offers no other order. */
export function pointColumns(vault: Vault): Column<BackupPoint>[] {
  return [
    {
      id: 'created',
      header: 'Backup point',
      isTitle: true,
      searchText: () => '',
      cell: (point) => (
        <>
          <Link
            href={`${sectionHref(vault.region, 'backup-points')}/${point.id}`}
            className="link block w-fit"
          >
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
          <span className="wrap-anywhere block text-muted">{point.paths.join(', ')}</span>
        </>
      ),
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
        </span>
      ),
    },
    vault.kind === 'replication_target'
      ? { id: 'origin', header: 'Origin', cell: (point) => <Origin point={point} /> }
      : { id: 'replicated', header: 'Replicated', cell: (point) => <Replicated point={point} /> },
  ];
}

function Origin({ point }: { point: BackupPoint }) {
  if (!point.isReplica) return <Nothing label="Made here" />;
  return (
    <>
      <span className="block text-muted">Account {point.origin.accountId}</span>
      <Id value={point.origin.vaultId} />
    </>
  );
}

function Replicated({ point }: { point: BackupPoint }) {
  switch (point.replicated) {
    case 'yes':
      return <Status kind="success">Copied</Status>;
    case 'pending':
      return <Status kind="pending">Waiting</Status>;
    case 'no':
      return <Status kind="off">Not copied</Status>;
    case 'not_applicable':
      return <Nothing label="Not replicated" />;
  }
}
