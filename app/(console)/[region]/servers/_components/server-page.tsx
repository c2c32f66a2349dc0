'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ResourceBackups } from '@/app/(console)/_components/disks/resource-backups';
import { diskStates, StateCell, serverStates } from '@/app/(console)/_components/disks/words';
import { LoadPanel } from '@/app/(console)/_components/load-panel';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { DetailLayout } from '@/components/console/detail-layout';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Id } from '@/components/ui/copyable';
import { Menu } from '@/components/ui/menu';
import { Bytes, Time } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import type { SummaryItem } from '@/components/ui/summary';
import type { Disk } from '@/lib/disks/schemas';
import { serverQuery } from '@/lib/servers/query';
import { flavourInWords, type Server } from '@/lib/servers/schemas';
import { MachineNote } from './machine-note';
import { sizeOf } from './server-columns';
import { type OpenDeed, ServerDeeds, useServerActions } from './server-deeds';
import { ServerConsole, ServerScreen } from './server-screen';

export function ServerPage({ region, serverId }: { region: string; serverId: string }) {
  const router = useRouter();
  const server = useQuery(serverQuery(serverId));
  const [open, setOpen] = useState<OpenDeed | null>(null);
  const menuOf = useServerActions(setOpen);
  const crumbs = [
    { label: 'Servers', href: sectionHref(region, 'servers') },
    { label: server.data?.name ?? serverId },
  ];
  if (!server.data) {
    return (
      <>
        <PageHeader breadcrumbs={crumbs} title="Server" />
        <LoadPanel query={server} />
      </>
    );
  }
  const [backUp, run, ...rest] = menuOf(server.data);
  return (
    <>
      <PageHeader
        breadcrumbs={crumbs}
        title={server.data.name}
        description={<Id value={server.data.id} cut="whole" />}
        actions={
          <>
            <Menu trigger={<Button>More</Button>} actions={rest} />
            <Button icon={run!.icon} disabledReason={run!.disabledReason} onClick={run!.onSelect}>
              {run!.label}
            </Button>
            <Button
              variant="primary"
              icon={backUp!.icon}
              disabledReason={backUp!.disabledReason}
              onClick={backUp!.onSelect}
            >
              {backUp!.label}
            </Button>
          </>
        }
      />
      <DetailLayout
        summary={summaryOf(server.data)}
        lead={<MachineNote />}
        tabs={[
          {
            value: 'disks',
            label: 'Disks',
            count: server.data.disks.length,
            content: <ServerDisks region={region} server={server.data} />,
          },
          { value: 'screen', label: 'Screen', content: <ServerScreen server={server.data} /> },
          { value: 'console', label: 'Console', content: <ServerConsole server={server.data} /> },
          {
            value: 'backups',
            label: 'Backups',
            content: <ResourceBackups region={region} kind="server" sourceId={server.data.sourceId} />,
          },
        ]}
      />
      <ServerDeeds
        open={open}
        onClose={() => setOpen(null)}
        onDeleted={() => router.push(sectionHref(region, 'servers'))}
      />
    </>
  );
}

function summaryOf(server: Server): SummaryItem[] {
  const { state, stateReason, progress, accelerator } = server;
  return [
    {
      label: 'State',
      value: <StateCell word={serverStates[state]} reason={stateReason} progress={progress} />,
    },
    { label: 'Flavour', value: flavourInWords(server.flavour) },
    { label: 'Size of its disks', value: <Bytes value={sizeOf(server)} /> },
    { label: 'Started', value: server.startedAt ? <Time at={server.startedAt} /> : 'Not running' },
    { label: 'Runs with', value: accelerator ? (accelerator === 'kvm' ? 'KVM' : 'TCG, in software') : '–' },
    { label: 'Newest backup', value: server.newestBackupAt ? <Time at={server.newestBackupAt} /> : 'None' },
    { label: 'Made from', value: originOf(server) },
    { label: 'Created', value: <Time at={server.createdAt} /> },
  ];
}

function originOf({ createdFrom, region }: Server) {
  if (createdFrom.kind === 'disks') return 'Its disks';
  if (createdFrom.kind === 'image') return 'An image';
  return (
    <Link className="link" href={`${sectionHref(region, 'backups')}/${createdFrom.pointId}`}>
      A backup
    </Link>
  );
}

type ServerDisk = Server['disks'][number];

function ServerDisks({ region, server }: { region: string; server: Server }) {
  const columns: Column<ServerDisk>[] = [
    {
      id: 'name',
      header: 'Disk',
      isTitle: true,
      sortValue: ({ name }) => name,
      cell: ({ id, name }) => (
        <Link className="link" href={`${sectionHref(region, 'disks')}/${id}`}>
          {name}
        </Link>
      ),
    },
    {
      id: 'place',
      header: 'Place',
      sortValue: ({ position }) => position,
      cell: ({ position }) => (position === 0 ? '0, starts from it' : position),
    },
    {
      id: 'state',
      header: 'State',
      cell: ({ state }) => {
        const { kind, word } = diskStates[state as Disk['state']];
        return <Status kind={kind}>{word}</Status>;
      },
    },
    { id: 'size', header: 'Size', align: 'end', cell: ({ sizeBytes }) => <Bytes value={sizeBytes} /> },
    {
      id: 'takes',
      header: 'Takes',
      align: 'end',
      cell: ({ allocatedBytes }) => <Bytes value={allocatedBytes} />,
    },
    {
      id: 'format',
      header: 'Format',
      cell: ({ format, isEncrypted }) => (
        <span className="flex flex-wrap gap-1.5">
          {format}
          {isEncrypted && <Badge tone="accent">Encrypted</Badge>}
        </span>
      ),
    },
  ];
  return (
    <DataTable<ServerDisk>
      id="server-disks"
      title="Disks"
      noun="disks"
      columns={columns}
      rows={server.disks}
      getRowId={({ id }) => id}
      getRowName={({ name }) => name}
      defaultSort={{ columnId: 'place', isDescending: false }}
      empty={{ title: 'No disks', description: 'Attach a disk to start this server.' }}
    />
  );
}
