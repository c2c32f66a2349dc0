'use client';

import { useQuery } from '@tanstack/react-query';
import { Checkbox } from '@/components/ui/checkbox';
import { plural } from '@/components/ui/format';
import { meQuery } from '@/lib/accounts/query';
import { membersWithin } from '@/lib/directory/rules';
import type { Directory, DirectoryFolder } from '@/lib/directory/schemas';
import type { NamedPrincipal } from './principal-words';

interface DirectoryPickerProps {
  directory: Directory;
  values: NamedPrincipal[];
  onAdd: (principal: NamedPrincipal) => void;
  onRemove: (principal: NamedPrincipal) => void;
  limit: number;
}

interface Line {
  principal: NamedPrincipal;
  depth: number;
  label: string;
  note: string;
  isDisabled?: boolean;
}

/** The directory as a tree of boxes: all of it, a folder with those in it, or single accounts. */
export function DirectoryPicker({ directory, values, onAdd, onRemove, limit }: DirectoryPickerProps) {
  const ownId = useQuery(meQuery()).data?.account.id;
  const isChosen = ({ type, id }: NamedPrincipal) =>
    values.some((value) => value.type === type && value.id === id);
  return (
    <ul
      aria-label="Resource directory"
      className="max-h-72 overflow-y-auto rounded-md border border-line-strong bg-surface py-1"
    >
      {listLines(directory, ownId).map(({ principal, depth, label, note, isDisabled }) => (
        <li
          key={`${principal.type}/${principal.id}`}
          className="px-3 py-1"
          style={{ paddingInlineStart: `${12 + depth * 20}px` }}
        >
          <Checkbox
            label={label}
            description={note}
            checked={isChosen(principal)}
            disabled={isDisabled || (limit > 1 && !isChosen(principal) && values.length >= limit)}
            onCheckedChange={(checked) => (checked === true ? onAdd(principal) : onRemove(principal))}
          />
        </li>
      ))}
    </ul>
  );
}

function listLines(directory: Directory, ownId: string | undefined): Line[] {
  const { id, management, folders } = directory;
  const root = folders.find(({ parentId }) => parentId === null);
  const count = (principalId: string) =>
    `${plural(membersWithin(directory, principalId, id).length, 'member')} now, and those that join later`;
  const accountLines = (folderId: string | null, depth: number): Line[] =>
    directory.members
      .filter((member) => member.folderId === folderId)
      .map((member) => ({
        principal: { type: 'account', id: member.accountId, name: member.name },
        depth,
        label: member.name,
        note: member.accountId === ownId ? 'This account' : member.accountId,
        isDisabled: member.accountId === ownId,
      }));
  const folderLines = (folder: DirectoryFolder): Line[] => [
    {
      principal: { type: 'folder', id: folder.id, name: folder.name },
      depth: folder.depth,
      label: `Folder ${folder.name}`,
      note: `${folder.id} · ${count(folder.id)}`,
    },
    ...inside(folder),
  ];
  const inside = (folder: DirectoryFolder): Line[] => [
    ...accountLines(folder.id, folder.depth + 1),
    ...folders.filter(({ parentId }) => parentId === folder.id).flatMap(folderLines),
  ];
  return [
    {
      principal: { type: 'directory', id, name: management.name },
      depth: 0,
      label: 'The whole resource directory',
      note: `${id} · ${count(id)}`,
    },
    ...accountLines(null, 1),
    ...(root ? inside(root) : []),
  ];
}
