'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { RelativeTime } from '@/components/ui/quantities';
import type { AccessKey } from '@/lib/accounts/schemas';
import { revokeAccessKeyAction } from '../actions';

interface RevokeAccessKeyDialogProps {
  accessKey: AccessKey;
  onClose: () => void;
}

export function RevokeAccessKeyDialog({ accessKey, onClose }: RevokeAccessKeyDialogProps) {
  const { show } = useFlash();
  const revoke = useAction(revokeAccessKeyAction, () => {
    show({ kind: 'success', title: `Access key ${accessKey.name} is revoked.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Revoke access key"
      subject={accessKey.name}
      description="This cannot be undone."
      consequences={[
        { label: 'Programs with this key', value: 'Are refused from their next call on' },
        {
          label: 'Last used',
          value: accessKey.lastUsedAt ? <RelativeTime at={accessKey.lastUsedAt} /> : 'Never',
        },
      ]}
      confirmLabel="Revoke access key"
      onConfirm={() => revoke.send({ id: accessKey.id })}
      isPending={revoke.isPending}
      error={revoke.error?.message}
    />
  );
}
