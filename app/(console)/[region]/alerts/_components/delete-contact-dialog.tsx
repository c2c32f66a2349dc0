'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { RelativeTime } from '@/components/ui/quantities';
import type { AlertContact } from '@/lib/alerts/schemas';
import { deleteAlertContactAction } from '../actions';

interface DeleteContactDialogProps {
  contact: AlertContact;
  onClose: () => void;
}

export function DeleteContactDialog({ contact, onClose }: DeleteContactDialogProps) {
  const { show } = useFlash();
  const remove = useAction(deleteAlertContactAction, () => {
    show({ kind: 'success', title: `Contact ${contact.name} was deleted.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Delete contact"
      subject={contact.name}
      description="Nothing more is sent there, and the record of what was sent goes with it."
      consequences={[
        { label: 'Address', value: contact.address },
        {
          label: 'Last delivered',
          value: contact.lastDeliveredAt ? <RelativeTime at={contact.lastDeliveredAt} /> : 'Never',
        },
      ]}
      reassurance="Notifications in this console stay."
      confirmLabel="Delete contact"
      onConfirm={() => remove.send({ id: contact.id })}
      isPending={remove.isPending}
      error={remove.error?.message}
    />
  );
}
