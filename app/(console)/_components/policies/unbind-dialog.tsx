'use client';

import { unbindPolicyAction } from '@/app/(console)/[region]/policies/actions';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import type { PolicyBinding } from '@/lib/policies/schemas';
import { useAction } from '../use-action';

export function UnbindDialog({ binding, onClose }: { binding: PolicyBinding; onClose: () => void }) {
  const { show } = useFlash();
  const { source, vault, policy } = binding;
  const unbind = useAction(unbindPolicyAction, () => {
    show({ kind: 'success', title: `${policy.name} no longer backs up ${source.name} into ${vault.name}.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Take out of the policy"
      subject={`${source.name} into ${vault.name}`}
      consequences={[
        { label: 'Folders', value: binding.paths.join(', ') },
        { label: 'Scheduled runs', value: 'End now' },
        ...(binding.lastRun?.state === 'open'
          ? [{ label: 'Run under way', value: 'Goes on to its end' }]
          : []),
      ]}
      reassurance="Its points stay to their dates, and the newest one that is promised to be kept stays until it is deleted by hand. A replication of the vault goes on."
      confirmLabel="Take out of the policy"
      onConfirm={() => unbind.send({ id: binding.id })}
      isPending={unbind.isPending}
      error={unbind.error?.message}
      isDanger
    />
  );
}
