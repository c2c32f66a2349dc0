'use client';

import { useQuery } from '@tanstack/react-query';
import { HardDrive, Plus } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { disksQuery } from '@/lib/disks/query';
import type { Disk } from '@/lib/disks/schemas';
import { regionName } from '@/lib/regions/schemas';
import { CreateDiskPanel } from './create-disk-panel';
import { diskColumns } from './disk-columns';
import { DiskDeeds, type OpenDeed, useDiskActions } from './disk-deeds';

/** `?create=…` opens the panel, with `&backup=…` for a disk of that backup. */
export function DisksPage({ region }: { region: string }) {
  const disks = useQuery(disksQuery({ region, limit: 200 }));
  const [create, setCreate] = useQueryState('create', parseAsString);
  const [backup, setBackup] = useQueryState('backup', parseAsString);
  const [open, setOpen] = useState<OpenDeed | null>(null);
  const menuOf = useDiskActions(setOpen);
  const refusal = useRefusal('servers.manage');
  const button = (
    <Button
      variant="primary"
      icon={<Plus />}
      disabledReason={refusal}
      onClick={() => void setCreate('empty')}
    >
      Create disk
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Disks"
        description="Disks of servers in this region: empty ones, imported images, or made from backups."
        actions={button}
      />
      <DataTable<Disk>
        id="disks"
        title="Disks"
        noun="disks"
        columns={diskColumns}
        rows={disks.data?.items}
        getRowId={(disk) => disk.id}
        getRowName={(disk) => disk.name}
        error={disks.error?.message}
        onRetry={() => void disks.refetch()}
        defaultSort={{ columnId: 'created', isDescending: true }}
        searchPlaceholder="Find by name, id or server"
        rowActions={menuOf}
        empty={{
          icon: <HardDrive />,
          title: `No disks in ${regionName(region)} yet`,
          description: 'Create an empty disk, import a raw or qcow2 image, or make one from a backup.',
          action: button,
        }}
      />
      {create !== null && (
        <CreateDiskPanel
          region={region}
          backupId={backup}
          onClose={() => {
            void setCreate(null);
            void setBackup(null);
          }}
        />
      )}
      <DiskDeeds open={open} onClose={() => setOpen(null)} />
    </>
  );
}
