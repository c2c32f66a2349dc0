'use client';

import { useQuery } from '@tanstack/react-query';
import { MonitorUp, Plus } from 'lucide-react';
import { parseAsBoolean, useQueryState } from 'nuqs';
import { useMemo } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { clientsQuery } from '@/lib/clients/query';
import type { BackupClient } from '@/lib/clients/schemas';
import { clientColumns } from './client-columns';
import { EnrolPanel } from './enrol-panel';
import { useClientActions } from './use-client-actions';

/** `?enrol=true` opens the panel, so that other pages can lead here. */
export function ClientsPage({ region }: { region: string }) {
  const clients = useQuery(clientsQuery());
  const [isEnrolling, setIsEnrolling] = useQueryState('enrol', parseAsBoolean.withDefault(false));
  const refusal = useRefusal('clients.manage');
  const actions = useClientActions(region);
  const columns = useMemo(() => clientColumns(region), [region]);
  const enrol = (
    <Button
      variant="primary"
      icon={<Plus />}
      disabledReason={refusal}
      onClick={() => void setIsEnrolling(true)}
    >
      Enrol a client
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Clients"
        description="Hosts that back up into your vaults and take restores, of all regions."
        actions={enrol}
      />
      <DataTable<BackupClient>
        id="clients"
        title="Clients"
        noun="clients"
        columns={columns}
        rows={clients.data?.items}
        getRowId={(client) => client.id}
        getRowName={(client) => client.name}
        error={clients.error?.message}
        onRetry={() => void clients.refetch()}
        searchPlaceholder="Find by name, host name or id"
        rowActions={actions.menuOf}
        empty={{
          icon: <MonitorUp />,
          title: 'No host is enrolled yet',
          description:
            'A client is a small program on the host to protect. It reads folders for a backup, and writes files for a restore.',
          action: enrol,
        }}
      />
      {isEnrolling && <EnrolPanel region={region} onClose={() => void setIsEnrolling(null)} />}
      {actions.panels}
    </>
  );
}
