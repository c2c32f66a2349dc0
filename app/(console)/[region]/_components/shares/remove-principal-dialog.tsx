'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { shareChangeQuery } from '@/lib/resource-shares/query';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { removePrincipalAction } from '../../shared-by-me/actions';
import { pausingConsequence, pausingReassurance, stallingConsequences } from '../access-loss/pausing';
import { principalName } from './principal-words';

interface RemovePrincipalDialogProps {
  share: ResourceShare;
  principal: ResourceShare['principals'][number];
  onClose: () => void;
}

export function RemovePrincipalDialog({ share, principal, onClose }: RemovePrincipalDialogProps) {
  const { type, id } = principal;
  const preview = useQuery(shareChangeQuery(share.id, { principal: { type, id } }));
  const { show } = useFlash();
  const name = principalName(principal);
  const remove = useAction(removePrincipalAction, () => {
    show({ kind: 'success', title: `${name} is removed from ${share.name}.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Remove principal"
      subject={name}
      description={`Its access to what ${share.name} holds ends at once, unless another share gives it too.`}
      consequences={[pausingConsequence(preview), ...stallingConsequences(preview)]}
      reassurance={pausingReassurance}
      confirmLabel="Remove principal"
      onConfirm={() => remove.send({ shareId: share.id, type, id })}
      isPending={remove.isPending}
      error={remove.error?.message}
    />
  );
}
