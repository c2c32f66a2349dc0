'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog, type Consequence } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, plural } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import { stopPlanQuery } from '@/lib/replication/query';
import type { Replication, StopPlan } from '@/lib/replication/schemas';
import { stopReplicationAction } from '../../vaults/actions';

interface StopReplicationDialogProps {
  replication: Replication;
  onClose: () => void;
}

/** The same for both ends: what stays until when, what will not arrive, and what can be done after. */
export function StopReplicationDialog({ replication, onClose }: StopReplicationDialogProps) {
  const { show } = useFlash();
  const { source, target, side } = replication;
  const plan = useQuery(stopPlanQuery(replication.id));
  const stop = useAction(stopReplicationAction, (stopped) => {
    show({
      kind: 'success',
      title: `The replication of ${stopped.source.vaultName} is stopped.`,
      detail: `${stopped.target.vaultName} keeps what it has.`,
    });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Stop replication"
      subject={source.vaultName}
      description={`Copies to ${target.vaultName} of ${target.accountName} end at once. A stopped replication cannot be resumed.`}
      consequences={tellConsequences(replication, plan.data ?? null)}
      reassurance={
        side === 'target'
          ? `After that you can delete copies on the restore page, lock ${target.vaultName}, or delete it. ${source.accountName} keeps all its backup points.`
          : `${source.vaultName} keeps all its backup points. After that it can be deleted, or replicated again, from the beginning, to a new target vault.`
      }
      typedName={source.vaultName}
      confirmLabel="Stop replication"
      onConfirm={() => stop.send({ id: replication.id, confirm: source.vaultName })}
      isPending={stop.isPending || plan.isPending}
      error={stop.error?.message ?? (plan.error && `What it leaves could not be read: ${plan.error.message}`)}
    />
  );
}

function tellConsequences({ target }: Replication, plan: StopPlan | null): Consequence[] {
  const fate: Consequence = {
    label: 'Target vault',
    value: `${target.vaultName} can only be restored from; it never takes a replication again`,
  };
  if (!plan) return [fate, { label: 'Copies', value: 'Being counted' }];
  const { staying, missing } = plan;
  return [
    fate,
    {
      label: 'Copies that stay',
      value: `${plural(staying.points, 'point')} of ${formatBytes(staying.sourceBytes)}, ${formatBytes(staying.storedBytes)} stored`,
    },
    ...(staying.firstExpiresAt && staying.lastExpiresAt
      ? [
          { label: 'First to expire', value: <Time at={staying.firstExpiresAt} /> },
          { label: 'Last to expire', value: <Time at={staying.lastExpiresAt} /> },
        ]
      : []),
    {
      label: 'Will not arrive',
      value:
        missing.points > 0
          ? `${plural(missing.points, 'point')} of ${formatBytes(missing.bytes)}, and every later one`
          : 'Every later point; all existing ones have arrived',
    },
    { label: 'Removals', value: 'Those announced for archived points are cancelled; their copies stay too' },
    { label: 'Deletion', value: 'Copies can be deleted by hand from then on, unless their vault is locked' },
  ];
}
