'use client';

import { useQuery } from '@tanstack/react-query';
import { Workflow } from 'lucide-react';
import { useReplicationActions } from '@/app/(console)/[region]/_components/replication/use-replication-actions';
import { DataTable } from '@/components/console/data-table/data-table';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { ButtonLink } from '@/components/ui/button';
import { replicationsQuery } from '@/lib/replication/query';
import type { Replication } from '@/lib/replication/schemas';
import { replicationColumns } from './replication-columns';

/** Every replication of the account, as source and as destination, in all regions. */
export function ReplicationsPage({ region }: { region: string }) {
  const replications = useQuery(replicationsQuery());
  const actions = useReplicationActions();
  return (
    <>
      <PageHeader
        title="Replications"
        description="Second copies that this account sends, and those that it keeps for others, in all regions."
      />
      <DataTable<Replication>
        id="replications"
        title="Replications"
        noun="replications"
        columns={replicationColumns}
        rows={replications.data?.items}
        getRowId={(replication) => replication.id}
        getRowName={({ source, target }) => `${source.vaultName} to ${target.vaultName}`}
        error={replications.error?.message}
        onRetry={() => void replications.refetch()}
        defaultSort={{ columnId: 'lag', isDescending: true }}
        searchPlaceholder="Find by vault, account or id"
        rowActions={actions.menuOf}
        empty={{
          icon: <Workflow />,
          title: 'No replications yet',
          description:
            'A replication keeps a second copy of a vault in another account or region, point by point, by itself. Configure one from a vault, or share a replication target vault with another account.',
          action: (
            <ButtonLink variant="primary" href={sectionHref(region, 'vaults')}>
              Open vault management
            </ButtonLink>
          ),
        }}
      />
      {actions.panels}
    </>
  );
}
