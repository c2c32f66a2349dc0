'use client';

import { useQuery } from '@tanstack/react-query';
import {
  CircleCheck,
  CirclePause,
  Flame,
  FolderSymlink,
  KeyRound,
  Pencil,
  Plus,
  Share2,
  Undo2,
  Vault,
} from 'lucide-react';
import { parseAsBoolean, parseAsStringLiteral, useQueryState } from 'nuqs';
import { useState } from 'react';
import { refusalMessage } from '@/app/(console)/_components/refusal-message';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import type { MenuAction } from '@/components/ui/menu';
import { Tabs } from '@/components/ui/tabs';
import { keyGrantsQuery } from '@/lib/key-grants/query';
import { checkGrantable } from '@/lib/key-grants/rules';
import { keysQuery } from '@/lib/keys/query';
import { checkCancel, checkSchedule, checkState, checkUpdate } from '@/lib/keys/rules';
import type { KmsKey } from '@/lib/keys/schemas';
import { CancelDeletionDialog } from './cancel-deletion-dialog';
import { CreateKeyPanel } from './create-key-panel';
import { EditKeyPanel } from './edit-key-panel';
import { keyColumns } from './key-columns';
import { KeyGrantsPanel } from './key-grants-panel';
import { KeySharePanel } from './key-share-panel';
import { KeyStateDialog } from './key-state-dialog';
import { KeyVaultsPanel } from './key-vaults-panel';
import { ReceivedGrants } from './received-grants';
import { ScheduleDeletionDialog } from './schedule-deletion-dialog';

type Deed = 'vaults' | 'share' | 'resource-share' | 'edit' | 'enable' | 'disable' | 'schedule' | 'cancel';

/** The same rules as the server's, which decides again. */
function refusalOf(deed: Deed, key: KmsKey): string | null {
  const rules: Record<Deed, () => void> = {
    vaults: () => {},
    share: () => {},
    'resource-share': () =>
      checkGrantable({ ...key, deletionAt: key.deletionAt ? new Date(key.deletionAt) : null }),
    edit: () => checkUpdate(key.state),
    enable: () => checkState(key.state, 'enabled'),
    disable: () => checkState(key.state, 'disabled'),
    schedule: () => checkSchedule(key, key.id),
    cancel: () => checkCancel(key.state),
  };
  return refusalMessage(rules[deed]);
}

/** `?create=true` opens the panel, so that other pages can lead here. */
export function KeysPage() {
  const keys = useQuery(keysQuery());
  const [isCreating, setIsCreating] = useQueryState('create', parseAsBoolean.withDefault(false));
  const [tab, setTab] = useQueryState('tab', parseAsStringLiteral(['own', 'received']).withDefault('own'));
  const received = useQuery(keyGrantsQuery({ direction: 'received' }));
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
    const entry = (deed: Deed, part: Pick<MenuAction, 'label' | 'icon' | 'isDanger' | 'startsGroup'>) => ({
      ...part,
      disabledReason: refusal ?? refusalOf(deed, key),
      onSelect: () => setOpen({ deed, key }),
    });
    return [
      entry('vaults', { label: 'Show its vaults', icon: <Vault /> }),
      entry('share', { label: 'Share key', icon: <Share2 /> }),
      entry('resource-share', { label: 'Add to a resource share', icon: <FolderSymlink /> }),
      entry('edit', { label: 'Edit alias and description', icon: <Pencil /> }),
      key.state === 'disabled'
        ? entry('enable', { label: 'Enable key', icon: <CircleCheck /> })
        : entry('disable', { label: 'Disable key', icon: <CirclePause /> }),
      key.state === 'scheduled'
        ? entry('cancel', { label: 'Cancel deletion', icon: <Undo2 />, startsGroup: true })
        : entry('schedule', {
            label: 'Schedule deletion',
            icon: <Flame />,
            isDanger: true,
            startsGroup: true,
          }),
    ];
  };
  return (
    <>
      <PageHeader
        title="Keys"
        description="Keys of this account that lock vaults with KMS encryption. Disabling one shuts its vaults at once; destroying one ends them."
        actions={create}
      />
      <Tabs
        label="Keys"
        value={tab}
        onValueChange={(next) => void setTab(next as typeof tab)}
        tabs={[
          {
            value: 'own',
            label: 'Own keys',
            count: keys.data?.items.length,
            content: (
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
            ),
          },
          {
            value: 'received',
            label: 'Shared with this account',
            count: received.data?.items.filter(({ status }) => status === 'active').length,
            content: <ReceivedGrants />,
          },
        ]}
      />
      {isCreating && <CreateKeyPanel onClose={() => void setIsCreating(null)} />}
      {open?.deed === 'vaults' && <KeyVaultsPanel kmsKey={open.key} onClose={close} />}
      {open?.deed === 'share' && <KeyGrantsPanel kmsKey={open.key} onClose={close} />}
      {open?.deed === 'resource-share' && <KeySharePanel kmsKey={open.key} onClose={close} />}
      {open?.deed === 'edit' && <EditKeyPanel kmsKey={open.key} onClose={close} />}
      {open?.deed === 'schedule' && <ScheduleDeletionDialog keyId={open.key.id} onClose={close} />}
      {open?.deed === 'cancel' && <CancelDeletionDialog kmsKey={open.key} onClose={close} />}
      {(open?.deed === 'enable' || open?.deed === 'disable') && (
        <KeyStateDialog
          keyId={open.key.id}
          state={open.deed === 'enable' ? 'enabled' : 'disabled'}
          onClose={close}
        />
      )}
    </>
  );
}
