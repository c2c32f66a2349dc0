'use client';

import { Ban, HardDriveUpload, Pencil } from 'lucide-react';
import { useState } from 'react';
import { BackUpPanel } from '@/app/(console)/_components/back-up/back-up-panel';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import type { MenuAction } from '@/components/ui/menu';
import type { BackupClient } from '@/lib/clients/schemas';
import { EditClientPanel } from './edit-client-panel';
import { RevokeClientDialog } from './revoke-client-dialog';

export type ClientDeed = 'back_up' | 'edit' | 'revoke';

/** Everything that can be done with a client: what refuses it now, the menu, and the panels that the deeds open. */
export function useClientActions(region: string) {
  const [open, setOpen] = useState<{ deed: ClientDeed; client: BackupClient } | null>(null);
  const refuse = useRefusals();
  const start = (deed: ClientDeed, client: BackupClient) => setOpen({ deed, client });
  const refusalsOf = ({ status }: BackupClient): Record<ClientDeed, string | null> => {
    const revoked = status === 'revoked' ? 'This client was revoked.' : null;
    return {
      back_up: refuse('backup.run') ?? revoked,
      edit: refuse('clients.manage'),
      revoke: refuse('clients.manage') ?? revoked,
    };
  };
  const menuOf = (client: BackupClient): MenuAction[] => {
    const refusals = refusalsOf(client);
    const entry = (deed: ClientDeed, rest: Omit<MenuAction, 'onSelect'>): MenuAction => ({
      ...rest,
      disabledReason: refusals[deed],
      onSelect: () => start(deed, client),
    });
    return [
      entry('back_up', { label: 'Back up', icon: <HardDriveUpload /> }),
      entry('edit', { label: 'Edit', icon: <Pencil /> }),
      entry('revoke', { label: 'Revoke', icon: <Ban />, isDanger: true, startsGroup: true }),
    ];
  };
  const close = () => setOpen(null);
  const panels = open && (
    <>
      {open.deed === 'back_up' && <BackUpPanel region={region} clientId={open.client.id} onClose={close} />}
      {open.deed === 'edit' && <EditClientPanel client={open.client} onClose={close} />}
      {open.deed === 'revoke' && <RevokeClientDialog client={open.client} onClose={close} />}
    </>
  );
  return { start, refusalsOf, menuOf, panels, restoreRefusal: refuse('restore.run') };
}
