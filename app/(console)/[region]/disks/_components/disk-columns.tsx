import Link from 'next/link';
import { diskStates, optionsOf, StateCell } from '@/app/(console)/_components/disks/words';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { Id } from '@/components/ui/copyable';
import { Bytes, Nothing, RelativeTime } from '@/components/ui/quantities';
import type { Disk } from '@/lib/disks/schemas';

export const diskHref = ({ region, id }: Pick<Disk, 'region' | 'id'>) =>
  `${sectionHref(region, 'disks')}/${id}`;

export const diskColumns: Column<Disk>[] = [
  {
    id: 'name',
    header: 'Disk',
    isTitle: true,
    sortValue: ({ name }) => name,
    searchText: ({ name, id, description, server }) =>
      `${name}\n${id}\n${description}\n${server?.name ?? ''}`,
    cell: (disk) => (
      <div className="min-w-0">
        <Link className="link wrap-anywhere block font-medium" href={diskHref(disk)}>
          {disk.name}
        </Link>
        <Id value={disk.id} className="font-normal" />
      </div>
    ),
  },
  {
    id: 'state',
    header: 'State',
    sortValue: ({ state }) => state,
    filter: { label: 'State', options: optionsOf(diskStates), valueOf: ({ state }) => state },
    cell: ({ state, stateReason, progress }) => (
      <StateCell word={diskStates[state]} reason={stateReason} progress={progress} />
    ),
  },
  {
    id: 'size',
    header: 'Size',
    align: 'end',
    sortValue: ({ sizeBytes }) => sizeBytes,
    cell: ({ sizeBytes }) => <Bytes value={sizeBytes} />,
  },
  {
    id: 'allocated',
    header: 'Takes',
    align: 'end',
    sortValue: ({ allocatedBytes }) => allocatedBytes,
    cell: ({ allocatedBytes }) => <Bytes value={allocatedBytes} />,
  },
  {
    id: 'format',
    header: 'Format',
    sortValue: ({ format }) => format,
    cell: ({ format, isEncrypted }) => (
      <span className="flex flex-wrap items-center gap-1.5">
        {format}
        {isEncrypted && <Badge tone="accent">Encrypted</Badge>}
      </span>
    ),
  },
  {
    id: 'server',
    header: 'Server',
    sortValue: ({ server }) => server?.name ?? '',
    cell: ({ server, region }) =>
      server ? (
        <Link className="link" href={`${sectionHref(region, 'servers')}/${server.id}`}>
          {server.name}
        </Link>
      ) : (
        <Nothing label="Not attached" />
      ),
  },
  {
    id: 'backup',
    header: 'Newest backup',
    sortValue: ({ newestBackupAt }) => newestBackupAt,
    cell: ({ newestBackupAt }) =>
      newestBackupAt ? <RelativeTime at={newestBackupAt} /> : <Nothing label="No backup" />,
  },
  {
    id: 'created',
    header: 'Created',
    isHiddenAtFirst: true,
    sortValue: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];
