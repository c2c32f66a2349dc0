'use client';

import { useQuery } from '@tanstack/react-query';
import { FolderKanban, FolderSearch, Pencil, Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Id } from '@/components/ui/copyable';
import { useFlash } from '@/components/ui/flash';
import { formatCount } from '@/components/ui/format';
import { Bytes, RelativeTime } from '@/components/ui/quantities';
import { resourceGroupsQuery } from '@/lib/resource-groups/query';
import { deleteRefusal, renameRefusal } from '@/lib/resource-groups/rules';
import type { ResourceGroup } from '@/lib/resource-groups/schemas';
import { deleteResourceGroupAction } from '../actions';
import { GroupContentPanel } from './group-content-panel';
import { GroupNamePanel } from './group-name-panel';

type Open = { deed: 'create' } | { deed: 'rename' | 'delete' | 'look'; group: ResourceGroup };

export function ResourceGroupsPage({ region }: { region: string }) {
  const groups = useQuery(resourceGroupsQuery());
  const refusal = useRefusal('account.manage');
  const [open, setOpen] = useState<Open | null>(null);
  const columns = useMemo(() => groupColumns((group) => setOpen({ deed: 'look', group })), []);
  const close = () => setOpen(null);
  return (
    <>
      <PageHeader
        title="Resource groups"
        description="Sort vaults by team, project or stage. A chosen group narrows every list; it gives nobody rights."
        actions={
          <Button
            variant="primary"
            icon={<Plus />}
            disabledReason={refusal}
            onClick={() => setOpen({ deed: 'create' })}
          >
            Create resource group
          </Button>
        }
      />
      <DataTable<ResourceGroup>
        id="resource-groups"
        title="Resource groups"
        noun="resource groups"
        columns={columns}
        rows={groups.data?.items}
        getRowId={(group) => group.id}
        getRowName={(group) => group.name}
        error={groups.error?.message}
        onRetry={() => void groups.refetch()}
        rowActions={(group) => [
          { label: 'Show vaults', icon: <FolderSearch />, onSelect: () => setOpen({ deed: 'look', group }) },
          {
            label: 'Rename',
            icon: <Pencil />,
            disabledReason: refusal ?? renameRefusal(group),
            onSelect: () => setOpen({ deed: 'rename', group }),
          },
          {
            label: 'Delete',
            icon: <Trash2 />,
            isDanger: true,
            startsGroup: true,
            disabledReason: refusal ?? deleteRefusal(group),
            onSelect: () => setOpen({ deed: 'delete', group }),
          },
        ]}
        empty={{ icon: <FolderKanban />, title: 'No resource groups' }}
      />
      {open?.deed === 'create' && <GroupNamePanel onClose={close} />}
      {open?.deed === 'rename' && <GroupNamePanel group={open.group} onClose={close} />}
      {open?.deed === 'look' && <GroupContentPanel group={open.group} region={region} onClose={close} />}
      {open?.deed === 'delete' && <DeleteGroupDialog group={open.group} onClose={close} />}
    </>
  );
}

function DeleteGroupDialog({ group, onClose }: { group: ResourceGroup; onClose: () => void }) {
  const { show } = useFlash();
  const remove = useAction(deleteResourceGroupAction, () => {
    show({ kind: 'success', title: `Resource group ${group.name} is deleted.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Delete resource group"
      subject={group.name}
      description="It is empty. Nothing else goes with it."
      confirmLabel="Delete resource group"
      onConfirm={() => remove.send({ id: group.id })}
      isPending={remove.isPending}
      error={remove.error?.message}
    />
  );
}

function groupColumns(onOpen: (group: ResourceGroup) => void): Column<ResourceGroup>[] {
  return [
    {
      id: 'name',
      header: 'Resource group',
      isTitle: true,
      sortValue: (group) => group.name,
      searchText: (group) => `${group.name}\n${group.id}`,
      cell: (group) => (
        <div className="min-w-0">
          <button type="button" className="link wrap-anywhere text-left" onClick={() => onOpen(group)}>
            {group.name}
          </button>
          <Id value={group.id} className="flex font-normal" />
        </div>
      ),
    },
    {
      id: 'vaults',
      header: 'Vaults',
      align: 'end',
      sortValue: (group) => group.vaultCount,
      cell: (group) => formatCount(group.vaultCount),
    },
    {
      id: 'stored',
      header: 'Stored',
      align: 'end',
      sortValue: (group) => group.storedBytes,
      cell: (group) => <Bytes value={group.storedBytes} />,
    },
    {
      id: 'created',
      header: 'Created',
      sortValue: (group) => group.createdAt,
      cell: (group) => <RelativeTime at={group.createdAt} />,
    },
  ];
}
