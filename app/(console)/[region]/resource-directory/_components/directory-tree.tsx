'use client';

import {
  ArrowRightLeft,
  Building2,
  EllipsisVertical,
  Folder,
  FolderPlus,
  Pencil,
  Trash2,
  UserMinus,
  UserPlus,
  UserRoundPlus,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { Badge } from '@/components/ui/badge';
import { IconButton } from '@/components/ui/button';
import { Id } from '@/components/ui/copyable';
import { plural } from '@/components/ui/format';
import { Menu, type MenuAction } from '@/components/ui/menu';
import { folderDeletionRefusal, membersWithin, nestingRefusal } from '@/lib/directory/rules';
import type { Directory, DirectoryFolder, DirectoryMember } from '@/lib/directory/schemas';
import type { DirectoryPanel } from './use-directory-panels';

interface DirectoryTreeProps {
  directory: Directory;
  /** Why nothing of it may be changed here. */
  refusal: string | null;
  onOpen: (panel: DirectoryPanel) => void;
}

export function DirectoryTree(props: DirectoryTreeProps) {
  const { directory } = props;
  const management = directory.members.find(({ joinedBy }) => joinedBy === 'management');
  const root = directory.folders.find(({ parentId }) => parentId === null);
  return (
    <ul aria-label="Resource directory" className="divide-y divide-line">
      {management && <MemberRow {...props} member={management} depth={0} />}
      {root && <FolderRows {...props} folder={root} />}
    </ul>
  );
}

function FolderRows(props: DirectoryTreeProps & { folder: DirectoryFolder }) {
  const { directory, folder } = props;
  const inside = directory.folders.filter(({ parentId }) => parentId === folder.id);
  const members = directory.members.filter(({ folderId }) => folderId === folder.id);
  return (
    <>
      <FolderRow {...props} />
      {members.map((member) => (
        <MemberRow key={member.accountId} {...props} member={member} depth={folder.depth + 1} />
      ))}
      {inside.map((child) => (
        <FolderRows key={child.id} {...props} folder={child} />
      ))}
    </>
  );
}

function FolderRow({ directory, folder, refusal, onOpen }: DirectoryTreeProps & { folder: DirectoryFolder }) {
  const count = membersWithin(directory, folder.id, directory.id).length;
  const isRoot = folder.parentId === null;
  const actions: MenuAction[] = [
    {
      label: 'Create folder inside',
      icon: <FolderPlus />,
      disabledReason: refusal ?? nestingRefusal(folder),
      onSelect: () => onOpen({ kind: 'create-folder', parentId: folder.id }),
    },
    {
      label: 'Invite account',
      icon: <UserPlus />,
      disabledReason: refusal,
      onSelect: () => onOpen({ kind: 'invite', folderId: folder.id }),
    },
    {
      label: 'Create account',
      icon: <UserRoundPlus />,
      disabledReason: refusal,
      onSelect: () => onOpen({ kind: 'create-member', folderId: folder.id }),
    },
    {
      label: 'Rename folder',
      icon: <Pencil />,
      startsGroup: true,
      disabledReason: refusal ?? (isRoot ? 'The root keeps its name.' : null),
      onSelect: () => onOpen({ kind: 'rename-folder', folder }),
    },
    {
      label: 'Delete folder',
      icon: <Trash2 />,
      isDanger: true,
      disabledReason: refusal ?? folderDeletionRefusal(directory, folder.id),
      onSelect: () => onOpen({ kind: 'delete-folder', folder }),
    },
  ];
  return (
    <Row
      depth={folder.depth}
      icon={<Folder aria-hidden />}
      name={folder.name}
      id={folder.id}
      note={count === 0 ? 'No members' : plural(count, 'member')}
      actions={actions}
    />
  );
}

const joined = { management: 'Management account', invited: 'Invited', created: 'Created' };

function MemberRow(props: DirectoryTreeProps & { member: DirectoryMember; depth: number }) {
  const { member, depth, refusal, onOpen } = props;
  const isManagement = member.joinedBy === 'management';
  const actions: MenuAction[] = [
    {
      label: 'Move to folder',
      icon: <ArrowRightLeft />,
      disabledReason: refusal,
      onSelect: () => onOpen({ kind: 'move', member }),
    },
    {
      label: 'Remove from directory',
      icon: <UserMinus />,
      isDanger: true,
      disabledReason: refusal,
      onSelect: () => onOpen({ kind: 'remove', member }),
    },
  ];
  return (
    <Row
      depth={depth}
      icon={<Building2 aria-hidden />}
      name={member.name}
      id={member.accountId}
      note={<Badge tone={isManagement ? 'accent' : 'neutral'}>{joined[member.joinedBy]}</Badge>}
      actions={isManagement ? [] : actions}
    />
  );
}

interface RowProps {
  depth: number;
  icon: ReactNode;
  name: string;
  id: string;
  note: ReactNode;
  actions: MenuAction[];
}

function Row({ depth, icon, name, id, note, actions }: RowProps) {
  return (
    <li className="flex min-h-10 items-center gap-3 py-1.5 pr-2 pl-4">
      <span
        className="flex min-w-0 flex-1 items-center gap-2 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted"
        style={{ paddingInlineStart: `${depth * 20}px` }}
      >
        {icon}
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-3">
          <span className="wrap-anywhere font-medium">{name}</span>
          <Id value={id} cut={id.startsWith('r-') || id.startsWith('fd-') ? 'middle' : 'whole'} />
        </span>
      </span>
      <span className="shrink-0 text-muted text-sm">{note}</span>
      <span className="w-8 shrink-0">
        {actions.length > 0 && (
          <Menu
            trigger={<IconButton label={`Actions for ${name}`} icon={<EllipsisVertical />} size="icon-sm" />}
            actions={actions}
          />
        )}
      </span>
    </li>
  );
}
