'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog, type Consequence } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { shareChangeQuery } from '@/lib/resource-shares/query';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { deleteResourceShareAction } from '../../shared-by-me/actions';
import { pausingConsequence, stallingConsequences } from '../access-loss/pausing';
import { keyName, principalName } from './principal-words';

export function DeleteShareDialog({ share, onClose }: { share: ResourceShare; onClose: () => void }) {
  const preview = useQuery(shareChangeQuery(share.id));
  const { show } = useFlash();
  const remove = useAction(deleteResourceShareAction, () => {
    show({ kind: 'success', title: `The resource share ${share.name} is deleted.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Delete resource share"
      subject={share.name}
      description="Access ends at once. This cannot be undone."
      consequences={[
        ...tellConsequences(share),
        pausingConsequence(preview),
        ...stallingConsequences(preview),
      ]}
      reassurance="Vaults, their backup points and keys are not deleted, and copies can be restored as before."
      typedName={share.name}
      confirmLabel="Delete resource share"
      onConfirm={() => remove.send({ id: share.id, confirm: share.name })}
      isPending={remove.isPending}
      error={remove.error?.message}
    />
  );
}

function tellConsequences({ vaults, keys, principals }: ResourceShare): Consequence[] {
  const associated = principals.filter(({ status }) => status === 'associated');
  const pending = principals.filter(({ status }) => status === 'associating');
  const nameAll = (items: ResourceShare['principals']) => items.map(principalName).join(', ');
  return [
    { label: 'Lose access', value: associated.length > 0 ? nameAll(associated) : 'Nobody' },
    {
      label: 'Vaults',
      value:
        vaults.length > 0
          ? `${plural(vaults.length, 'vault')}: ${vaults.map(({ name }) => name).join(', ')}`
          : 'None',
    },
    ...(keys.length > 0
      ? [{ label: 'Keys', value: `${plural(keys.length, 'key')}: ${keys.map(keyName).join(', ')}` }]
      : []),
    ...(pending.length > 0
      ? [{ label: 'Open invitations', value: `${pending.length} cancelled: ${nameAll(pending)}` }]
      : []),
  ];
}
