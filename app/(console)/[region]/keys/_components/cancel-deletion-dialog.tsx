'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { keyQuery } from '@/lib/keys/query';
import type { KmsKey } from '@/lib/keys/schemas';
import { cancelKeyDeletionAction } from '../actions';
import { AffectedVaults } from './affected-vaults';

export function CancelDeletionDialog({ kmsKey, onClose }: { kmsKey: KmsKey; onClose: () => void }) {
  const { show } = useFlash();
  const detail = useQuery({ ...keyQuery(kmsKey.id), staleTime: 0 });
  const cancel = useAction(cancelKeyDeletionAction, (key) => {
    show({
      kind: 'success',
      title: `The deletion of ${key.alias ?? key.id} is cancelled. It is ${key.state}.`,
    });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Cancel key deletion"
      subject={kmsKey.alias ?? kmsKey.id}
      isDanger={false}
      description="The key is again what it was before. If it was enabled, its vaults open and replication goes on."
      consequences={[{ label: 'Vaults of this key', value: <AffectedVaults detail={detail.data} /> }]}
      confirmLabel="Cancel deletion"
      onConfirm={() => cancel.send({ id: kmsKey.id })}
      isPending={cancel.isPending}
      error={cancel.error?.message ?? detail.error?.message}
    />
  );
}
