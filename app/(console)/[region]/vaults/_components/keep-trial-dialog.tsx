'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, plural } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import { useNow } from '@/components/ui/use-now';
import { keepTrialVaultAction } from '../actions';
import type { VaultPanelProps } from './use-vault-actions';

/** Keeps a trial as a standard vault, or takes that choice back before its end. */
export function KeepTrialDialog({ vault, onClose }: VaultPanelProps) {
  const { show } = useFlash();
  const now = useNow(60_000);
  const trial = vault.trial;
  const isKept = !trial?.isKept;
  const isAtOnce = trial !== null && now !== null && now >= new Date(trial.endsAt);
  const verb = isKept ? 'Keep as standard vault' : 'Let the trial be released';
  const keep = useAction(keepTrialVaultAction, (changed) => {
    show({
      kind: 'success',
      title: !changed.trial
        ? `${changed.name} is a standard vault now.`
        : changed.trial.isKept
          ? `${changed.name} becomes a standard vault when its trial ends.`
          : `${changed.name} is released after its trial.`,
    });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={verb}
      subject={vault.name}
      isDanger={false}
      consequences={
        isKept
          ? [
              { label: 'Becomes standard', value: isAtOnce ? 'Now' : <Time at={trial?.endsAt} /> },
              { label: 'Kept', value: `${plural(vault.pointCount, 'backup point')}` },
              {
                label: 'Billed from then on',
                value: `${formatBytes(vault.storedBytes)} of storage, as it is now`,
              },
            ]
          : [
              { label: 'Takes no backups from', value: <Time at={trial?.endsAt} /> },
              { label: 'Released with all its data', value: <Time at={trial?.releasesAt} /> },
            ]
      }
      reassurance={isKept && !isAtOnce ? 'The choice can be taken back until the trial ends.' : undefined}
      confirmLabel={verb}
      onConfirm={() => keep.send({ id: vault.id, isKept })}
      isPending={keep.isPending}
      error={keep.error?.message}
    />
  );
}
