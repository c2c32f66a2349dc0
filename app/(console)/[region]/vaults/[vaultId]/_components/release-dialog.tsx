'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, plural } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import { useNow } from '@/components/ui/use-now';
import type { ReplicaRemoval, ReplicaRemovalList } from '@/lib/replica-removals/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { releaseReplicaRemovalsAction } from '../../actions';

interface ReleaseDialogProps {
  vault: Vault;
  list: ReplicaRemovalList;
  /** Null for the hold on the vault. */
  points: ReplicaRemoval[] | null;
  onClose: () => void;
}

/** What a release lets go: at once what has passed its date, the rest on its date. */
export function ReleaseDialog({ vault, list, points, onClose }: ReleaseDialogProps) {
  const { show } = useFlash();
  const now = useNow();
  const release = useAction(releaseReplicaRemovalsAction, () => {
    show({ kind: 'success', title: points ? 'The hold is released.' : `${vault.name} is released.` });
    onClose();
  });
  const affected = points ?? list.items.filter(({ held }) => held === null);
  const isHeldStill = points !== null && list.vaultHold !== null;
  const atOnce = isHeldStill ? [] : affected.filter(({ removeAt }) => now && new Date(removeAt) <= now);
  const next = affected
    .map(({ removeAt }) => removeAt)
    .filter((at) => now && new Date(at) > now)
    .sort()[0];
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={points ? 'Release removal' : 'Release vault'}
      subject={points?.length === 1 ? points[0]!.sourceName : vault.name}
      description="What is removed cannot be brought back: its source point is in the archive, which is not replicated."
      consequences={[
        { label: 'Removed at once', value: sizeOf(atOnce) },
        { label: 'Released in all', value: sizeOf(affected) },
        ...(next ? [{ label: 'Next removal', value: <Time at={next} /> }] : []),
      ]}
      reassurance={
        isHeldStill ? 'The vault itself is held, so it stays until the vault is released too.' : undefined
      }
      typedName={vault.name}
      confirmLabel={points ? 'Release removal' : 'Release vault'}
      onConfirm={() =>
        release.send({ vaultId: vault.id, pointIds: points?.map(({ pointId }) => pointId) ?? null })
      }
      isPending={release.isPending}
      error={release.error?.message}
    />
  );
}

function sizeOf(removals: readonly ReplicaRemoval[]): string {
  const bytes = removals.reduce((sum, { sourceBytes }) => sum + sourceBytes, 0);
  return removals.length === 0
    ? 'None'
    : `${plural(removals.length, 'replica')}, ${formatBytes(bytes)} of source data`;
}
