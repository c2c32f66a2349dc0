'use client';

import { type ReactNode, useState } from 'react';
import type { Directory, DirectoryFolder, DirectoryMember } from '@/lib/directory/schemas';
import { CreateMemberPanel } from './create-member-panel';
import { DeleteFolderDialog, DisableDirectoryDialog } from './ending-dialogs';
import { FolderPanel } from './folder-panel';
import { InvitePanel } from './invite-panel';
import { MoveMemberPanel } from './move-member-panel';
import { RemoveMemberDialog } from './remove-member-dialog';

export type DirectoryPanel =
  | { kind: 'create-folder'; parentId: string }
  | { kind: 'rename-folder' | 'delete-folder'; folder: DirectoryFolder }
  | { kind: 'invite' | 'create-member'; folderId: string }
  | { kind: 'move' | 'remove'; member: DirectoryMember }
  | { kind: 'disable' };

/** The panel or dialog that is open, one at a time. */
export function useDirectoryPanels(directory: Directory): {
  open: (panel: DirectoryPanel) => void;
  element: ReactNode;
} {
  const [panel, setPanel] = useState<DirectoryPanel | null>(null);
  const element = panel && render(panel, { directory, onClose: () => setPanel(null) });
  return { open: setPanel, element };
}

export interface PanelProps {
  directory: Directory;
  onClose: () => void;
}

function render(panel: DirectoryPanel, props: PanelProps): ReactNode {
  switch (panel.kind) {
    case 'create-folder':
      return <FolderPanel {...props} parentId={panel.parentId} />;
    case 'rename-folder':
      return <FolderPanel {...props} folder={panel.folder} />;
    case 'delete-folder':
      return <DeleteFolderDialog {...props} folder={panel.folder} />;
    case 'invite':
      return <InvitePanel {...props} folderId={panel.folderId} />;
    case 'create-member':
      return <CreateMemberPanel {...props} folderId={panel.folderId} />;
    case 'move':
      return <MoveMemberPanel {...props} member={panel.member} />;
    case 'remove':
      return <RemoveMemberDialog {...props} member={panel.member} />;
    case 'disable':
      return <DisableDirectoryDialog {...props} />;
  }
}
