'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import type { Invitation } from '@/lib/resource-shares/schemas';
import { cancelInvitationAction } from '../../shared-by-me/actions';

export function CancelInvitationDialog({
  invitation,
  onClose,
}: {
  invitation: Invitation;
  onClose: () => void;
}) {
  const { show } = useFlash();
  const name = invitation.recipient.name ?? invitation.recipient.accountId;
  const cancel = useAction(cancelInvitationAction, () => {
    show({ kind: 'success', title: `The invitation of ${name} to ${invitation.shareName} is cancelled.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Cancel invitation"
      subject={name}
      description={`${name} can no longer accept the resource share ${invitation.shareName}. You can invite it again at any time.`}
      confirmLabel="Cancel invitation"
      onConfirm={() => cancel.send({ id: invitation.id })}
      isPending={cancel.isPending}
      error={cancel.error?.message}
    />
  );
}
