'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ResourceBackups } from '@/app/(console)/_components/disks/resource-backups';
import { diskStates, StateCell } from '@/app/(console)/_components/disks/words';
import { LoadPanel } from '@/app/(console)/_components/load-panel';
import { DetailLayout } from '@/components/console/detail-layout';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { Id } from '@/components/ui/copyable';
import { Menu } from '@/components/ui/menu';
import { Bytes, Time } from '@/components/ui/quantities';
import type { SummaryItem } from '@/components/ui/summary';
import { diskQuery } from '@/lib/disks/query';
import type { Disk } from '@/lib/disks/schemas';
import { DiskDeeds, type OpenDeed, useDiskActions } from './disk-deeds';

export function DiskPage({ region, diskId }: { region: string; diskId: string }) {
  const router = useRouter();
  const disk = useQuery(diskQuery(diskId));
  const [open, setOpen] = useState<OpenDeed | null>(null);
  const menuOf = useDiskActions(setOpen);
  const crumbs = [
    { label: 'Disks', href: sectionHref(region, 'disks') },
    { label: disk.data?.name ?? diskId },
  ];
  if (!disk.data) {
    return (
      <>
        <PageHeader breadcrumbs={crumbs} title="Disk" />
        <LoadPanel query={disk} />
      </>
    );
  }
  const [backUp, ...rest] = menuOf(disk.data);
  return (
    <>
      <PageHeader
        breadcrumbs={crumbs}
        title={disk.data.name}
        description={<Id value={disk.data.id} cut="whole" />}
        actions={
          <>
            <Menu trigger={<Button>More</Button>} actions={rest} />
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
        summary={summaryOf(disk.data)}
        tabs={[
          {
            value: 'backups',
            label: 'Backups',
            content: <ResourceBackups region={region} kind="disk" sourceId={disk.data.sourceId} />,
          },
        ]}
      />
      <DiskDeeds
        open={open}
        onClose={() => setOpen(null)}
        onDeleted={() => router.push(sectionHref(region, 'disks'))}
      />
    </>
  );
}

function summaryOf(disk: Disk): SummaryItem[] {
  return [
    {
      label: 'State',
      value: <StateCell word={diskStates[disk.state]} reason={disk.stateReason} progress={disk.progress} />,
    },
    { label: 'Size', value: <Bytes value={disk.sizeBytes} /> },
    { label: 'Takes in the pool', value: <Bytes value={disk.allocatedBytes} /> },
    { label: 'Format', value: disk.format },
    {
      label: 'Encryption',
      value: disk.isEncrypted ? `Under the key ${disk.kmsKey?.alias ?? disk.kmsKey?.id}` : 'Not encrypted',
    },
    {
      label: 'Server',
      value: disk.server ? (
        <Link className="link" href={`${sectionHref(disk.region, 'servers')}/${disk.server.id}`}>
          {`${disk.server.name}, place ${disk.position}`}
        </Link>
      ) : (
        'Not attached'
      ),
    },
    { label: 'Made from', value: originOf(disk) },
    { label: 'Pool', value: disk.pool },
    { label: 'Created', value: <Time at={disk.createdAt} /> },
    { label: 'Created by', value: disk.createdBy },
  ];
}

function originOf({ createdFrom, region }: Disk) {
  if (createdFrom.kind === 'empty') return 'Nothing: it began empty';
  if (createdFrom.kind === 'upload') return `The file ${createdFrom.fileName}`;
  if (createdFrom.kind === 'import') return `The operator’s file ${createdFrom.path.slice(2)}`;
  if (createdFrom.kind === 'image') return 'An image';
  return (
    <Link className="link" href={`${sectionHref(region, 'backups')}/${createdFrom.pointId}`}>
      A backup
    </Link>
  );
}
