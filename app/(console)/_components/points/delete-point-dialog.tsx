'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, plural } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import { deleteBackupPointAction } from './actions';

interface DeletePointDialogProps {
  point: BackupPoint;
  /** Projects that it is shared with: it goes from all of them. */
  shareCount?: number;
  onClose: () => void;
  onDeleted?: () => void;
}

export function DeletePointDialog({ point, shareCount = 0, onClose, onDeleted }: DeletePointDialogProps) {
  const { show } = useFlash();
  const remove = useAction(deleteBackupPointAction, () => {
    show({ kind: 'success', title: `The backup point of ${point.source.name} is deleted.` });
    onClose();
    onDeleted?.();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Delete backup point"
      subject={`${point.source.name} in ${point.vault.name}`}
      description="This cannot be undone."
      consequences={[
        { label: 'Captured', value: <Time at={point.createdAt} /> },
        {
          label: 'Contents',
          value: `${plural(point.fileCount, 'file')}, ${formatBytes(point.sourceBytes)}, no longer restorable from this point`,
        },
        {
          label: 'Would have expired',
          value: <Time at={point.expiresAt} />,
        },
        ...(shareCount > 0
          ? [
              {
                label: 'Shared',
                value: `With ${plural(shareCount, 'project')}: it goes from ${shareCount === 1 ? 'that account' : 'all of those accounts'} too, even from a locked vault. What was made from it there stays`,
              },
            ]
          : []),
        { label: 'Storage', value: 'Freed for what no other point of the vault uses' },
      ]}
      reassurance={point.replicated === 'yes' ? 'Its copy in the replication target vault stays.' : undefined}
      typedName={point.id}
      confirmLabel="Delete backup point"
      onConfirm={() => remove.send({ id: point.id, confirm: point.id })}
      isPending={remove.isPending}
      error={remove.error?.message}
    />
  );
}
