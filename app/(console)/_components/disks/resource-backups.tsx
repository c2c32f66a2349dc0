'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { HardDrive } from 'lucide-react';
import Link from 'next/link';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { Bytes, RelativeTime, Time } from '@/components/ui/quantities';
import { backupPagesQuery } from '@/lib/backups/query';
import type { Backup } from '@/lib/backups/schemas';

const columns: Column<Backup>[] = [
  {
    id: 'name',
    header: 'Backup',
    isTitle: true,
    sortValue: ({ name }) => name,
    searchText: ({ name, id }) => `${name}\n${id}`,
    cell: ({ id, name, isEncrypted, point }) => (
      <span className="flex flex-wrap items-center gap-2">
        <Link className="link" href={`${sectionHref(point.vault.region, 'backups')}/${id}`}>
          {name}
        </Link>
        {isEncrypted && <Badge tone="accent">Encrypted</Badge>}
      </span>
    ),
  },
  {
    id: 'captured',
    header: 'Captured',
    sortValue: ({ point }) => point.createdAt,
    cell: ({ point }) => <RelativeTime at={point.createdAt} />,
  },
  {
    id: 'vault',
    header: 'Vault',
    sortValue: ({ point }) => point.vault.name,
    cell: ({ point }) => point.vault.name,
  },
  {
    id: 'size',
    header: 'Size',
    align: 'end',
    sortValue: ({ sizeBytes }) => sizeBytes,
    cell: ({ sizeBytes }) => <Bytes value={sizeBytes} />,
  },
  {
    id: 'added',
    header: 'Added to the vault',
    align: 'end',
    sortValue: ({ point }) => point.addedBytes,
    cell: ({ point }) => <Bytes value={point.addedBytes} />,
  },
  {
    id: 'expires',
    header: 'Expires',
    sortValue: ({ point }) => point.expiresAt,
    cell: ({ point }) => <Time at={point.expiresAt} />,
  },
];

/** The backups of one disk or server. */
export function ResourceBackups({
  region,
  kind,
  sourceId,
}: {
  region: string;
  kind: 'disk' | 'server';
  sourceId: string | null;
}) {
  const backups = useInfiniteQuery(backupPagesQuery({ region, kind, limit: 200 }));
  const own = backups.data?.pages
    .flatMap((page) => page.items)
    .filter(({ point }) => point.source.id === sourceId);
  return (
    <DataTable<Backup>
      id={`${kind}-backups`}
      title="Backups"
      noun="backups"
      columns={columns}
      rows={own}
      getRowId={({ id }) => id}
      getRowName={({ name }) => name}
      error={backups.error?.message}
      onRetry={() => void backups.refetch()}
      defaultSort={{ columnId: 'captured', isDescending: true }}
      empty={{
        icon: <HardDrive />,
        title: 'No backups yet',
        description: `Back up this ${kind} by hand, or bind it to a policy.`,
      }}
    />
  );
}
