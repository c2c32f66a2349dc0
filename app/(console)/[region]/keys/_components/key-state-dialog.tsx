'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { keyQuery } from '@/lib/keys/query';
import { setKeyStateAction } from '../actions';
import { AffectedVaults } from './affected-vaults';

interface KeyStateDialogProps {
  keyId: string;
  /** What the key is to become. */
  state: 'enabled' | 'disabled';
  onClose: () => void;
}

export function KeyStateDialog({ keyId, state, onClose }: KeyStateDialogProps) {
  const { show } = useFlash();
  const detail = useQuery({ ...keyQuery(keyId), staleTime: 0 });
  const set = useAction(setKeyStateAction, (key) => {
    show({ kind: 'success', title: `Key ${key.alias ?? key.id} is ${key.state}.` });
    onClose();
  });
  const isDisabling = state === 'disabled';
  const verb = isDisabling ? 'Disable key' : 'Enable key';
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={verb}
      subject={detail.data?.alias ?? keyId}
      isDanger={false}
      consequences={[
        {
          label: isDisabling ? 'Vaults shut' : 'Vaults opened',
          value: <AffectedVaults detail={detail.data} />,
        },
        ...(isDisabling
          ? [
              { label: 'Backups, restores, downloads', value: 'Refused at once, running ones too' },
              { label: 'Replication', value: 'Waits, and goes on when the key is enabled' },
            ]
          : [{ label: 'Replication', value: 'Goes on where it waited' }]),
      ]}
      reassurance={
        isDisabling
          ? 'Nothing is deleted. Enabling the key opens the vaults again. Second copies under another key stay readable.'
          : undefined
      }
      confirmLabel={verb}
      onConfirm={() => set.send({ id: keyId, state })}
      isPending={set.isPending}
      error={set.error?.message ?? detail.error?.message}
    />
  );
}
