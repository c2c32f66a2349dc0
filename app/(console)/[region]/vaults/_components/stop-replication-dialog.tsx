'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog, type Consequence } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, plural } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import type { Replication } from '@/lib/replication/schemas';
import { stopReplicationAction } from '../actions';
import type { VaultPanelProps } from './use-vault-actions';

export function StopReplicationDialog({ vault, onClose }: VaultPanelProps) {
  const { show } = useFlash();
  const replication = vault.replication;
  const stop = useAction(stopReplicationAction, (stopped) => {
    show({
      kind: 'success',
      title: `The replication of ${stopped.source.vaultName} is stopped.`,
      detail: `${stopped.target.vaultName} keeps what it has.`,
    });
    onClose();
  });
  if (!replication) return null;
  const { source, target } = replication;
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Stop replication"
      subject={source.vaultName}
      description={`Copies to ${target.vaultName} of ${target.accountName} end at once. A stopped replication cannot be resumed.`}
      consequences={tellConsequences(replication)}
      reassurance={`${source.vaultName} keeps all its backup points. It can be replicated again, from the beginning, to a new target vault.`}
      typedName={source.vaultName}
      confirmLabel="Stop replication"
      onConfirm={() => stop.send({ id: replication.id, confirm: source.vaultName })}
      isPending={stop.isPending}
      error={stop.error?.message}
    />
  );
}

function tellConsequences({ target, history, lag, copiedBytes, newestPointAt }: Replication): Consequence[] {
  const missing = Math.max(0, history.pointsTotal - history.pointsDone) + lag.points;
  return [
    {
      label: 'Target vault',
      value: `${target.vaultName} can only be restored from; it never takes a replication again`,
    },
    { label: 'Copied so far', value: `${formatBytes(copiedBytes)}, which stay until their retention ends` },
    {
      label: 'Newest copy',
      value: newestPointAt ? (
        <>
          of <Time at={newestPointAt} />
        </>
      ) : (
        'None: no point has arrived yet'
      ),
    },
    ...(missing > 0
      ? [{ label: 'Not copied', value: `${plural(missing, 'point')} will not arrive any more` }]
      : []),
    { label: 'Copies', value: 'They can be deleted by hand from then on, unless their vault is locked' },
    { label: 'Removals to come', value: 'None any more: what the source archives stays in the target' },
  ];
}
