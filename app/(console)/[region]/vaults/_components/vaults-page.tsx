'use client';

import { useQuery } from '@tanstack/react-query';
import { Plus, Vault as VaultIcon } from 'lucide-react';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useMemo } from 'react';
import { useGroupEmpty } from '@/app/(console)/_components/use-group-empty';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { PageHeader } from '@/components/console/page-header';
import { useResourceGroup } from '@/components/console/use-resource-group';
import { Button } from '@/components/ui/button';
import { regionName } from '@/lib/regions/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import type { Vault } from '@/lib/vaults/schemas';
import { CreateVaultPanel } from './create-vault/create-vault-panel';
import { useSetupFlashes } from './use-setup-flashes';
import { useVaultActions } from './use-vault-actions';
import { vaultColumns } from './vault-columns';
import { VaultLimits } from './vault-limits';

/** Opened by `?create=vault` or `?create=target` too, so that other pages can lead here. */
export function VaultsPage({ region }: { region: string }) {
  const vaults = useQuery(allVaultsQuery(region));
  const [create, setCreate] = useQueryState(
    'create',
    parseAsStringLiteral(['vault', 'target', 'disk_backup', 'server_backup']),
  );
  const refusal = useRefusal('vaults.create');
  const watch = useSetupFlashes(vaults.data);
  const actions = useVaultActions({ onDeleted: watch });
  const [group] = useResourceGroup();
  const rows = vaults.data?.filter(({ resourceGroup }) => group === null || resourceGroup.id === group);
  const columns = useMemo(() => vaultColumns(vaults.data ?? []), [vaults.data]);
  const buttons = (
    <>
      <Button icon={<Plus />} disabledReason={refusal} onClick={() => void setCreate('target')}>
        Create replication target vault
      </Button>
      <Button
        variant="primary"
        icon={<Plus />}
        disabledReason={refusal}
        onClick={() => void setCreate('vault')}
      >
        Create vault
      </Button>
    </>
  );
  const empty = useGroupEmpty('vaults', {
    icon: <VaultIcon />,
    title: `No vaults in ${regionName(region)} yet`,
    description:
      'A vault holds backup points: compressed, encrypted, and stored once however often data repeats. A replication target vault takes copies of the vaults of other accounts.',
    action: buttons,
  });
  return (
    <>
      <PageHeader
        title="Vault management"
        description={`Vaults of this account in ${regionName(region)}: where backups are kept, and where copies of other accounts arrive.`}
        actions={buttons}
      />
      <DataTable<Vault>
        id="vaults"
        title="Vaults"
        noun="vaults"
        columns={columns}
        rows={rows}
        getRowId={(vault) => vault.id}
        getRowName={(vault) => vault.name}
        error={vaults.error?.message}
        onRetry={() => void vaults.refetch()}
        defaultSort={{ columnId: 'created', isDescending: true }}
        searchPlaceholder="Find by name, id or description"
        rowActions={actions.menuOf}
        empty={empty}
      />
      <VaultLimits region={region} />
      {create && (
        <CreateVaultPanel
          isTarget={create === 'target'}
          wantedKind={create === 'disk_backup' || create === 'server_backup' ? create : undefined}
          region={region}
          onCreated={watch}
          onClose={() => void setCreate(null)}
        />
      )}
      {actions.panels}
    </>
  );
}
