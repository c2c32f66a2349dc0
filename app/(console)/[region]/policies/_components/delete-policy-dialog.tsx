'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog, type Consequence } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import type { Policy } from '@/lib/policies/schemas';
import { deletePolicyAction } from '../actions';

interface DeletePolicyDialogProps {
  policy: Policy;
  onClose: () => void;
  onDeleted: () => void;
}

export function DeletePolicyDialog({ policy, onClose, onDeleted }: DeletePolicyDialogProps) {
  const { show } = useFlash();
  const remove = useAction(deletePolicyAction, () => {
    show({ kind: 'success', title: `The policy ${policy.name} is deleted.` });
    onDeleted();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Delete policy"
      subject={policy.name}
      description="Nothing is backed up by it any more. This cannot be undone."
      consequences={tellConsequences(policy)}
      reassurance="No backup point is deleted, and replications that run go on."
      typedName={policy.name}
      confirmLabel="Delete policy"
      onConfirm={() => remove.send({ id: policy.id, confirm: policy.name })}
      isPending={remove.isPending}
      error={remove.error?.message}
      isDanger
    />
  );
}

function tellConsequences({ bindings, points }: Policy): Consequence[] {
  const sources = [...new Set(bindings.map(({ source }) => source.name))];
  const open = bindings.filter(({ lastRun }) => lastRun?.state === 'open').length;
  return [
    {
      label: 'No longer backed up',
      value:
        sources.length === 0
          ? 'Nothing: it is bound to nothing'
          : `${plural(sources.length, 'data source')}: ${sources.join(', ')}`,
    },
    ...(open > 0 ? [{ label: 'Under way', value: `${plural(open, 'run')}, to the end` }] : []),
    {
      label: 'Points that stay',
      value: points.lastExpiryAt ? (
        <>
          {plural(points.count, 'point')}, the last until <Time at={points.lastExpiryAt} />
        </>
      ) : (
        'None'
      ),
    },
    ...(points.keptNewest > 0
      ? [
          {
            label: 'Kept as the newest',
            value: `${plural(points.keptNewest, 'point')}, beyond the date until deleted by hand`,
          },
        ]
      : []),
  ];
}
