'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, plural } from '@/components/ui/format';
import { lockVaultAction } from '../actions';
import type { VaultPanelProps } from './use-vault-actions';

export function LockVaultDialog({ vault, onClose }: VaultPanelProps) {
  const { show } = useFlash();
  const lock = useAction(lockVaultAction, () => {
    show({ kind: 'success', title: `Vault ${vault.name} is locked.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Lock vault"
      subject={vault.name}
      description="A lock is for ever. Nobody can take it off, not even an administrator."
      consequences={[
        {
          label: 'Backup points',
          value: `${plural(vault.pointCount, 'point')}, ${formatBytes(vault.sourceBytes)} of source data, and every later one cannot be deleted by hand`,
        },
        { label: 'Expiry', value: 'Each point still goes when its own retention ends' },
        { label: 'Vault', value: 'It cannot be deleted while it holds a point that has not expired' },
        { label: 'Storage', value: `${formatBytes(vault.storedBytes)} stay billable until then` },
      ]}
      reassurance="Backups and restores go on as before."
      typedName={vault.name}
      confirmLabel="Lock vault"
      onConfirm={() => lock.send({ id: vault.id, confirm: vault.name })}
      isPending={lock.isPending}
      error={lock.error?.message}
    />
  );
}
