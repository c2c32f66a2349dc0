'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { rejectBackupShareAction } from '@/app/(console)/[region]/backups/actions';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import type { ReceivedBackupShare } from '@/lib/backup-shares/schemas';

export function RejectBackupDialog({ share, onClose }: { share: ReceivedBackupShare; onClose: () => void }) {
  const { show } = useFlash();
  const reject = useAction(rejectBackupShareAction, () => {
    show({ kind: 'success', title: `The backup ${share.backup.name} is rejected.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Reject shared backup"
      subject={share.backup.name}
      isDanger={false}
      description={`${share.sharer.name} is told. To have the backup after all, ask for it to be shared again.`}
      confirmLabel="Reject backup"
      onConfirm={() => reject.send({ id: share.id })}
      isPending={reject.isPending}
      error={reject.error?.message}
    />
  );
}
