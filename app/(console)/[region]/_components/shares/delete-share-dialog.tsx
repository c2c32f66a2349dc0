'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog, type Consequence } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { deleteResourceShareAction } from '../../shared-by-me/actions';

export function DeleteShareDialog({ share, onClose }: { share: ResourceShare; onClose: () => void }) {
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
      consequences={tellConsequences(share)}
      reassurance="Vaults and their backup points are not deleted, and copies can be restored as before."
      typedName={share.name}
      confirmLabel="Delete resource share"
      onConfirm={() => remove.send({ id: share.id, confirm: share.name })}
      isPending={remove.isPending}
      error={remove.error?.message}
    />
  );
}

function tellConsequences({ vaults, principals, activeReplications }: ResourceShare): Consequence[] {
  const accepted = principals.filter((principal) => principal.invitationStatus === 'accepted');
  const pending = principals.filter((principal) => principal.invitationStatus === 'pending');
  const nameAll = (items: { name: string | null; id: string }[]) =>
    items.map(({ name, id }) => name ?? id).join(', ');
  return [
    {
      label: 'Lose access',
      value:
        accepted.length > 0 ? `${plural(accepted.length, 'account')}: ${nameAll(accepted)}` : 'No account',
    },
    {
      label: 'Vaults',
      value: vaults.length > 0 ? `${plural(vaults.length, 'vault')}: ${nameAll(vaults)}` : 'None',
    },
    ...(pending.length > 0
      ? [{ label: 'Open invitations', value: `${pending.length} cancelled: ${nameAll(pending)}` }]
      : []),
    ...(activeReplications.length > 0
      ? [
          {
            label: 'Replications',
            value: `${plural(activeReplications.length, 'replication')} will stand still until the vault is shared with the source account again: ${activeReplications
              .map(
                ({ sourceAccountName, sourceVaultName, targetVaultName }) =>
                  `${sourceVaultName} of ${sourceAccountName} to ${targetVaultName}`,
              )
              .join('; ')}`,
          },
        ]
      : []),
  ];
}
