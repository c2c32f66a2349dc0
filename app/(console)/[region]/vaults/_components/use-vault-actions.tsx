'use client';

import { Archive, History, Lock, Pencil, Share2, StopCircle, Tags, Trash2, Workflow } from 'lucide-react';
import { useState } from 'react';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { StopReplicationDialog } from '@/app/(console)/[region]/_components/replication/stop-replication-dialog';
import type { MenuAction } from '@/components/ui/menu';
import type { Vault } from '@/lib/vaults/schemas';
import { ConfigureReplicationPanel } from './configure-replication/configure-replication-panel';
import { DeleteVaultDialog } from './delete-vault-dialog';
import { EditVaultPanel } from './edit-vault-panel';
import { KeepTrialDialog } from './keep-trial-dialog';
import { LockVaultDialog } from './lock-vault-dialog';
import { ShareVaultPanel } from './share-vault/share-vault-panel';
import { TagsPanel } from './tags-panel';
import { isReplicating, readRefusals, restoreFromHref, restoreFromRefusal } from './vault-refusals';

export type VaultDeed = 'configure' | 'stop' | 'share' | 'edit' | 'tags' | 'keep' | 'lock' | 'delete';

/** Everything that can be done with a vault: what refuses it now, the menu, and the panels that the deeds open. */
export function useVaultActions({ onDeleted }: { onDeleted?: (vault: Vault) => void } = {}) {
  const [open, setOpen] = useState<{ deed: VaultDeed; vault: Vault } | null>(null);
  const refuse = useRefusals();
  const start = (deed: VaultDeed, vault: Vault) => setOpen({ deed, vault });

  const refusalsOf = (vault: Vault): Record<VaultDeed, string | null> => {
    const rules = readRefusals(vault);
    return {
      configure: refuse('replication.start') ?? rules.replicate,
      stop: refuse('replication.stop') ?? (isReplicating(vault) ? null : 'No replication runs here.'),
      share: refuse('shares.manage') ?? rules.share,
      edit: refuse('vaults.manage') ?? rules.edit,
      tags: refuse('vaults.manage') ?? rules.edit,
      keep: refuse('vaults.create') ?? rules.keep,
      lock: refuse('vaults.lock') ?? rules.lock,
      delete: refuse('vaults.delete') ?? rules.delete,
    };
  };

  const menuOf = (vault: Vault): MenuAction[] => {
    const refusals = refusalsOf(vault);
    const entry = (deed: VaultDeed, part: Omit<MenuAction, 'onSelect' | 'disabledReason'>): MenuAction => ({
      ...part,
      disabledReason: refusals[deed],
      onSelect: () => start(deed, vault),
    });
    return [
      {
        label: 'Restore',
        icon: <History />,
        href: restoreFromHref(vault),
        disabledReason: refuse('restore.run') ?? restoreFromRefusal(vault),
      },
      isReplicating(vault)
        ? entry('stop', { label: 'Stop replication', icon: <StopCircle />, isDanger: true })
        : entry('configure', { label: 'Configure replication', icon: <Workflow /> }),
      entry('share', { label: 'Add to a resource share', icon: <Share2 /> }),
      entry('edit', { label: 'Edit or move to a group', icon: <Pencil />, startsGroup: true }),
      entry('tags', { label: 'Change tags', icon: <Tags /> }),
      ...(vault.trial
        ? [
            entry('keep', {
              label: vault.trial.isKept ? 'Let the trial be released' : 'Keep as standard vault',
              icon: <Archive />,
            }),
          ]
        : []),
      entry('lock', { label: 'Lock', icon: <Lock /> }),
      entry('delete', { label: 'Delete', icon: <Trash2 />, isDanger: true, startsGroup: true }),
    ];
  };

  const close = () => setOpen(null);
  const props = open && { vault: open.vault, onClose: close };
  const panels = props && (
    <>
      {open.deed === 'configure' && <ConfigureReplicationPanel {...props} />}
      {open.deed === 'stop' && open.vault.replication && (
        <StopReplicationDialog replication={open.vault.replication} onClose={close} />
      )}
      {open.deed === 'share' && <ShareVaultPanel {...props} />}
      {open.deed === 'edit' && <EditVaultPanel {...props} />}
      {open.deed === 'tags' && <TagsPanel {...props} />}
      {open.deed === 'keep' && <KeepTrialDialog {...props} />}
      {open.deed === 'lock' && <LockVaultDialog {...props} />}
      {open.deed === 'delete' && <DeleteVaultDialog {...props} onDeleted={onDeleted} />}
    </>
  );
  return { start, refusalsOf, menuOf, panels };
}

/** What every panel about one vault takes. It is mounted while it is open. */
export interface VaultPanelProps {
  vault: Vault;
  onClose: () => void;
}
