'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { deleteCopyRuleAction } from '@/app/(console)/[region]/policies/actions';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import type { BackupCopyRule } from '@/lib/backup-copies/schemas';
import { regionName } from '@/lib/regions/schemas';

export function EndCopyingDialog({ rule, onClose }: { rule: BackupCopyRule; onClose: () => void }) {
  const { show } = useFlash();
  const { vault, policy } = rule;
  const end = useAction(deleteCopyRuleAction, () => {
    show({ kind: 'success', title: `${policy.name} no longer copies into ${vault.name}.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="End copying"
      subject={`${policy.name} into ${vault.name}`}
      consequences={[
        { label: 'Region', value: regionName(vault.region) },
        { label: 'Later backups', value: 'Are not copied any more' },
      ]}
      reassurance="Copies that were made stay until they expire."
      confirmLabel="End copying"
      onConfirm={() => end.send({ id: rule.id })}
      isPending={end.isPending}
      error={end.error?.message}
      isDanger
    />
  );
}
