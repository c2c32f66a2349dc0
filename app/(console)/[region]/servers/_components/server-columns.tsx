import Link from 'next/link';
import { optionsOf, StateCell, serverStates } from '@/app/(console)/_components/disks/words';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Id } from '@/components/ui/copyable';
import { formatCount } from '@/components/ui/format';
import { Bytes, Nothing, RelativeTime } from '@/components/ui/quantities';
import { flavourInWords, type Server } from '@/lib/servers/schemas';

export const sizeOf = ({ disks }: Server) => disks.reduce((sum, disk) => sum + disk.sizeBytes, 0);

export const serverColumns: Column<Server>[] = [
  {
    id: 'name',
    header: 'Server',
    isTitle: true,
    sortValue: ({ name }) => name,
    searchText: ({ name, id, description }) => `${name}\n${id}\n${description}`,
    cell: ({ id, name, region }) => (
      <div className="min-w-0">
        <Link
          className="link wrap-anywhere block font-medium"
          href={`${sectionHref(region, 'servers')}/${id}`}
        >
          {name}
        </Link>
        <Id value={id} className="font-normal" />
      </div>
    ),
  },
  {
    id: 'state',
    header: 'State',
    sortValue: ({ state }) => state,
    filter: { label: 'State', options: optionsOf(serverStates), valueOf: ({ state }) => state },
    cell: ({ state, stateReason, progress }) => (
      <StateCell word={serverStates[state]} reason={stateReason} progress={progress} />
    ),
  },
  {
    id: 'flavour',
    header: 'Flavour',
    sortValue: ({ flavour }) => flavour,
    cell: ({ flavour }) => flavourInWords(flavour),
  },
  {
    id: 'disks',
    header: 'Disks',
    align: 'end',
    sortValue: ({ disks }) => disks.length,
    cell: ({ disks }) => formatCount(disks.length),
  },
  {
    id: 'size',
    header: 'Size',
    align: 'end',
    sortValue: sizeOf,
    cell: (server) => <Bytes value={sizeOf(server)} />,
  },
  {
    id: 'backup',
    header: 'Newest backup',
    sortValue: ({ newestBackupAt }) => newestBackupAt,
    cell: ({ newestBackupAt }) =>
      newestBackupAt ? <RelativeTime at={newestBackupAt} /> : <Nothing label="No backup" />,
  },
  {
    id: 'started',
    header: 'Started',
    sortValue: ({ startedAt }) => startedAt,
    cell: ({ startedAt }) => (startedAt ? <RelativeTime at={startedAt} /> : <Nothing label="Not running" />),
  },
  {
    id: 'created',
    header: 'Created',
    isHiddenAtFirst: true,
    sortValue: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];
