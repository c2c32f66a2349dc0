'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, plural } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import type { Vault } from '@/lib/vaults/schemas';
import { deleteVaultAction } from '../actions';
import type { VaultPanelProps } from './use-vault-actions';

interface DeleteVaultDialogProps extends VaultPanelProps {
  onDeleted?: (vault: Vault) => void;
}

export function DeleteVaultDialog({ vault, onClose, onDeleted }: DeleteVaultDialogProps) {
  const { show } = useFlash();
  const remove = useAction(deleteVaultAction, (deleted) => {
    show(
      {
        kind: 'info',
        title: `The deletion of vault ${vault.name} has begun.`,
        detail: 'It leaves the list when its storage is freed.',
      },
      `vault-${vault.id}`,
    );
    onClose();
    onDeleted?.(deleted);
  });
  const copy = vault.replication;
  const hasCopyElsewhere =
    vault.kind === 'standard' && copy?.state === 'stopped' && copy.source.vaultId === vault.id;
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Delete vault"
      subject={vault.name}
      description="This cannot be undone."
      consequences={[
        { label: 'Backup points', value: `${plural(vault.pointCount, 'point')} deleted` },
        {
          label: 'Source data',
          value: `${formatBytes(vault.sourceBytes)} can no longer be restored from here`,
        },
        { label: 'Stored data', value: `${formatBytes(vault.storedBytes)} removed from storage` },
        ...(vault.newestPointAt ? [{ label: 'Newest point', value: <Time at={vault.newestPointAt} /> }] : []),
      ]}
      reassurance={
        hasCopyElsewhere
          ? `What was copied to ${copy.target.vaultName} of ${copy.target.accountName} stays there and can be restored.`
          : undefined
      }
      typedName={vault.name}
      confirmLabel="Delete vault"
      onConfirm={() => remove.send({ id: vault.id, confirm: vault.name })}
      isPending={remove.isPending}
      error={remove.error?.message}
    />
  );
}
