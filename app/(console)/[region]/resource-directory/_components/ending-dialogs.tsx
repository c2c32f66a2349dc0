'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { sentDirectoryInvitationsQuery } from '@/lib/directory/query';
import { disablingRefusal } from '@/lib/directory/rules';
import type { DirectoryFolder } from '@/lib/directory/schemas';
import { deleteFolderAction, disableDirectoryAction } from '../actions';
import type { PanelProps } from './use-directory-panels';

export function DeleteFolderDialog({ folder, onClose }: PanelProps & { folder: DirectoryFolder }) {
  const { show } = useFlash();
  const remove = useAction(deleteFolderAction, () => {
    show({ kind: 'success', title: `The folder ${folder.name} is deleted.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Delete folder"
      subject={folder.name}
      description="It is empty. Resource shares that name it no longer do."
      confirmLabel="Delete folder"
      onConfirm={() => remove.send({ id: folder.id })}
      isPending={remove.isPending}
      error={remove.error?.message}
    />
  );
}

export function DisableDirectoryDialog({ directory, onClose }: PanelProps) {
  const { show } = useFlash();
  const sent = useQuery(sentDirectoryInvitationsQuery());
  const open = sent.data?.items.filter(({ status }) => status === 'pending').length ?? 0;
  const refusal = disablingRefusal(directory, open);
  const disable = useAction(disableDirectoryAction, () => {
    show({ kind: 'success', title: 'The resource directory is disabled.' });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Disable resource directory"
      subject={directory.id}
      description="Only an empty directory can be disabled. Its id does not come back."
      consequences={[
        { label: 'Resource shares', value: 'Those of this account no longer name the directory' },
        { label: 'Now', value: refusal ?? 'It is empty and can be disabled' },
      ]}
      typedName={directory.id}
      confirmLabel="Disable resource directory"
      onConfirm={() => disable.send({ confirm: directory.id })}
      isPending={disable.isPending}
      error={disable.error?.message}
    />
  );
}
