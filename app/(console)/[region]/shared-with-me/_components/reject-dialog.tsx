'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import type { Invitation } from '@/lib/resource-shares/schemas';
import { rejectInvitationAction } from '../actions';

export function RejectDialog({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const { show } = useFlash();
  const reject = useAction(rejectInvitationAction, () => {
    show({ kind: 'success', title: `The resource share ${invitation.shareName} is rejected.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Reject resource share"
      subject={invitation.shareName}
      description={`${invitation.owner.name} is told. To use its vaults after all, you need a new invitation.`}
      confirmLabel="Reject resource share"
      onConfirm={() => reject.send({ id: invitation.id })}
      isPending={reject.isPending}
      error={reject.error?.message}
    />
  );
}
