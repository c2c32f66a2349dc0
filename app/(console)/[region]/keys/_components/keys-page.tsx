'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CirclePause, Flame, KeyRound, Plus } from 'lucide-react';
import { parseAsBoolean, useQueryState } from 'nuqs';
import { useState } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import type { MenuAction } from '@/components/ui/menu';
import { keysQuery } from '@/lib/keys/query';
import type { KmsKey } from '@/lib/keys/schemas';
import { CreateKeyPanel } from './create-key-panel';
import { DestroyKeyDialog } from './destroy-key-dialog';
import { keyColumns } from './key-columns';
import { KeyStateDialog } from './key-state-dialog';

type Deed = 'enable' | 'disable' | 'destroy';

/** `?create=true` opens the panel, so that other pages can lead here. */
export function KeysPage() {
  const keys = useQuery(keysQuery());
  const [isCreating, setIsCreating] = useQueryState('create', parseAsBoolean.withDefault(false));
  const [open, setOpen] = useState<{ deed: Deed; key: KmsKey } | null>(null);
  const refusal = useRefusal('keys.manage');
  const close = () => setOpen(null);
  const create = (
    <Button
      variant="primary"
      icon={<Plus />}
      disabledReason={refusal}
      onClick={() => void setIsCreating(true)}
    >
      Create key
    </Button>
  );
  const menuOf = (key: KmsKey): MenuAction[] => {
    const gone = key.state === 'destroyed' ? 'This key is destroyed.' : null;
    const early = key.state === 'creating' ? 'This key is still being created.' : null;
    return [
      key.state === 'disabled'
        ? {
            label: 'Enable key',
            icon: <CircleCheck />,
            disabledReason: refusal,
            onSelect: () => setOpen({ deed: 'enable', key }),
          }
        : {
            label: 'Disable key',
            icon: <CirclePause />,
            disabledReason: refusal ?? gone ?? early,
            onSelect: () => setOpen({ deed: 'disable', key }),
          },
      {
        label: 'Destroy key',
        icon: <Flame />,
        isDanger: true,
        startsGroup: true,
        disabledReason: refusal ?? gone ?? early,
        onSelect: () => setOpen({ deed: 'destroy', key }),
      },
    ];
  };
  return (
    <>
      <PageHeader
        title="Keys"
        description="Keys of this account that lock vaults with KMS encryption. Whoever holds the key decides who reads."
        actions={create}
      />
      <DataTable<KmsKey>
        id="keys"
        title="Keys"
        noun="keys"
        columns={keyColumns}
        rows={keys.data?.items}
        getRowId={(key) => key.id}
        getRowName={(key) => key.alias ?? key.id}
        error={keys.error?.message}
        onRetry={() => void keys.refetch()}
        defaultSort={{ columnId: 'created', isDescending: true }}
        searchPlaceholder="Find by alias, id or description"
        rowActions={menuOf}
        empty={{
          icon: <KeyRound />,
          title: 'No keys yet',
          description:
            'Vaults with service-managed encryption need none. With a key of your own you can shut a vault, or end it for ever.',
          action: create,
        }}
      />
      {isCreating && <CreateKeyPanel onClose={() => void setIsCreating(null)} />}
      {open?.deed === 'destroy' && <DestroyKeyDialog keyId={open.key.id} onClose={close} />}
      {open && open.deed !== 'destroy' && (
        <KeyStateDialog
          keyId={open.key.id}
          state={open.deed === 'enable' ? 'enabled' : 'disabled'}
          onClose={close}
        />
      )}
    </>
  );
}
