'use client';

import { useQuery } from '@tanstack/react-query';
import { Plus, Server as ServerIcon } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { regionName } from '@/lib/regions/schemas';
import { serversQuery } from '@/lib/servers/query';
import type { Server } from '@/lib/servers/schemas';
import { CreateServerPanel } from './create-server-panel';
import { MachineNote } from './machine-note';
import { serverColumns } from './server-columns';
import { type OpenDeed, ServerDeeds, useServerActions } from './server-deeds';

/** `?create=disks`, `backup` or `image` opens the panel; `&from=…` names the backup or the image. */
export function ServersPage({ region }: { region: string }) {
  const servers = useQuery(serversQuery({ region, limit: 200 }));
  const [create, setCreate] = useQueryState('create', parseAsString);
  const [from, setFrom] = useQueryState('from', parseAsString);
  const [open, setOpen] = useState<OpenDeed | null>(null);
  const menuOf = useServerActions(setOpen);
  const refusal = useRefusal('servers.manage');
  const button = (
    <Button
      variant="primary"
      icon={<Plus />}
      disabledReason={refusal}
      onClick={() => void setCreate('disks')}
    >
      Create server
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Servers"
        description="Servers of this region with their disks: start them, back them up while they run, or make one from a backup."
        actions={button}
      />
      <div className="flex flex-col gap-4">
        <MachineNote />
        <DataTable<Server>
          id="servers"
          title="Servers"
          noun="servers"
          columns={serverColumns}
          rows={servers.data?.items}
          getRowId={(server) => server.id}
          getRowName={(server) => server.name}
          error={servers.error?.message}
          onRetry={() => void servers.refetch()}
          defaultSort={{ columnId: 'created', isDescending: true }}
          searchPlaceholder="Find by name or id"
          rowActions={menuOf}
          empty={{
            icon: <ServerIcon />,
            title: `No servers in ${regionName(region)} yet`,
            description:
              'Create one of disks you have, of an image, or of a backup that is yours or was shared with you.',
            action: button,
          }}
        />
      </div>
      {create !== null && (
        <CreateServerPanel
          region={region}
          kind={create}
          from={from}
          onClose={() => {
            void setCreate(null);
            void setFrom(null);
          }}
        />
      )}
      <ServerDeeds open={open} onClose={() => setOpen(null)} />
    </>
  );
}
