import Link from 'next/link';
import {
  ClientStatus,
  connectionWords,
  placementWords,
  statusWords,
} from '@/app/(console)/_components/clients/client-words';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Id } from '@/components/ui/copyable';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import type { BackupClient } from '@/lib/clients/schemas';
import { regionName } from '@/lib/regions/schemas';

const optionsOf = (words: Record<string, string>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

export function clientColumns(region: string): Column<BackupClient>[] {
  return [
    {
      id: 'name',
      header: 'Client',
      isTitle: true,
      sortValue: (client) => client.name,
      searchText: (client) => `${client.name}\n${client.id}\n${client.hostname}`,
      cell: (client) => (
        <div className="min-w-0">
          <Link
            href={`${sectionHref(region, 'clients')}/${client.id}`}
            className="link wrap-anywhere block w-fit"
          >
            {client.name}
          </Link>
          <Id value={client.id} className="font-normal" />
        </div>
      ),
    },
    {
      id: 'status',
      header: 'Status',
      sortValue: (client) => client.status,
      filter: {
        label: 'Status',
        options: Object.entries(statusWords).map(([value, { word }]) => ({ value, label: word })),
        valueOf: (client) => client.status,
      },
      cell: (client) => <ClientStatus status={client.status} />,
    },
    {
      id: 'heartbeat',
      header: 'Last heartbeat',
      sortValue: (client) => client.lastHeartbeatAt,
      cell: (client) => <RelativeTime at={client.lastHeartbeatAt} />,
    },
    {
      id: 'placement',
      header: 'Placement',
      sortValue: (client) => client.placement,
      filter: {
        label: 'Placement',
        options: optionsOf(placementWords),
        valueOf: (client) => client.placement,
      },
      cell: (client) => placementWords[client.placement],
    },
    {
      id: 'region',
      header: 'Region',
      sortValue: (client) => regionName(client.region),
      cell: (client) => regionName(client.region),
    },
    {
      id: 'connection',
      header: 'Connection',
      sortValue: (client) => client.connection,
      cell: (client) => connectionWords[client.connection],
    },
    {
      id: 'version',
      header: 'Version',
      sortValue: (client) => client.version,
      cell: (client) => client.version || <Nothing label="Not known yet" />,
    },
    {
      id: 'hostname',
      header: 'Host name',
      isHiddenAtFirst: true,
      sortValue: (client) => client.hostname,
      cell: (client) => client.hostname,
    },
    {
      id: 'platform',
      header: 'Platform',
      isHiddenAtFirst: true,
      sortValue: (client) => client.platform,
      cell: (client) => client.platform,
    },
    {
      id: 'enrolled',
      header: 'Enrolled',
      isHiddenAtFirst: true,
      sortValue: (client) => client.enrolledAt,
      cell: (client) => <RelativeTime at={client.enrolledAt} />,
    },
  ];
}
