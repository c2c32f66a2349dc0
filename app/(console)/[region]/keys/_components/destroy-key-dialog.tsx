'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, plural } from '@/components/ui/format';
import { keyQuery } from '@/lib/keys/query';
import { allVaultsQuery } from '@/lib/vaults/query';
import type { Vault } from '@/lib/vaults/schemas';
import { destroyKeyAction } from '../actions';
import { AffectedVaults } from './affected-vaults';

export function DestroyKeyDialog({ keyId, onClose }: { keyId: string; onClose: () => void }) {
  const { show } = useFlash();
  const detail = useQuery({ ...keyQuery(keyId), staleTime: 0 });
  const vaults = useQuery(allVaultsQuery());
  const destroy = useAction(destroyKeyAction, (key) => {
    show({ kind: 'success', title: `Key ${key.id} is destroyed.` });
    onClose();
  });
  const affected = vaults.data?.filter((vault) => vault.kmsKey?.id === keyId);
  const lost =
    affected?.length === 0
      ? []
      : [{ label: 'Lost with them', value: affected ? sumUp(affected) : 'Counting…' }];
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Destroy key"
      subject={detail.data?.alias ?? keyId}
      description="At once, and it cannot be undone. Only a copy that the operator exported before still opens what the key has sealed."
      consequences={[
        { label: 'No longer readable here', value: <AffectedVaults detail={detail.data} /> },
        ...lost,
      ]}
      reassurance="Second copies in replication target vaults under another key stay readable. To shut the vaults only for a time, disable the key instead."
      typedName={keyId}
      confirmLabel="Destroy key"
      onConfirm={() => destroy.send({ id: keyId, confirm: keyId })}
      isPending={destroy.isPending}
      error={destroy.error?.message ?? detail.error?.message}
    />
  );
}

function sumUp(vaults: Vault[]): string {
  const sum = (of: (vault: Vault) => number) => vaults.reduce((total, vault) => total + of(vault), 0);
  const points = sum((vault) => vault.pointCount);
  return `${plural(points, 'backup point')}, ${formatBytes(sum((vault) => vault.sourceBytes))} of source data`;
}
