'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { leaveQuery } from '@/lib/resource-shares/query';
import type { ReceivedShare } from '@/lib/resource-shares/schemas';
import {
  pausingConsequence,
  pausingReassurance,
  stallingConsequences,
} from '../../_components/access-loss/pausing';
import { keyName } from '../../_components/shares/principal-words';
import { leaveShareAction } from '../actions';

export function LeaveShareDialog({ share, onClose }: { share: ReceivedShare; onClose: () => void }) {
  const preview = useQuery(leaveQuery(share.id));
  const { show } = useFlash();
  const leave = useAction(leaveShareAction, () => {
    show({ kind: 'success', title: `This account has left the resource share ${share.name}.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Leave resource share"
      subject={share.name}
      description={`${share.owner.name} is told. To use its vaults and keys again, this account needs a new invitation.`}
      consequences={[
        pausingConsequence(preview),
        ...stallingConsequences(preview),
        {
          label: 'Vaults',
          value: `${share.vaults.map(({ name }) => name).join(', ') || 'None'} can no longer be chosen`,
        },
        ...(share.keys.length > 0
          ? [
              {
                label: 'Keys',
                value: `${share.keys.map(keyName).join(', ')} open nothing for this account any more`,
              },
            ]
          : []),
      ]}
      reassurance={pausingReassurance}
      typedName={share.name}
      confirmLabel="Leave resource share"
      onConfirm={() => leave.send({ id: share.id, confirm: share.name })}
      isPending={leave.isPending}
      error={leave.error?.message}
    />
  );
}
