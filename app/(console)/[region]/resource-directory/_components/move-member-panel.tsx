'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import {
  pausingConsequence,
  pausingReassurance,
  stallingConsequences,
} from '@/app/(console)/[region]/_components/access-loss/pausing';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { memberChangeQuery } from '@/lib/directory/query';
import { folderPath } from '@/lib/directory/rules';
import type { DirectoryMember } from '@/lib/directory/schemas';
import { moveMemberAction } from '../actions';
import { FolderSelect } from './folder-select';
import type { PanelProps } from './use-directory-panels';

export function MoveMemberPanel({ directory, member, onClose }: PanelProps & { member: DirectoryMember }) {
  const [folderId, setFolderId] = useState(member.folderId ?? directory.rootFolderId);
  const isSame = folderId === member.folderId;
  const preview = useQuery({ ...memberChangeQuery(member.accountId, folderId), enabled: !isSame });
  const { show } = useFlash();
  const move = useAction(moveMemberAction, () => {
    show({ kind: 'success', title: `${member.name} is in ${pathOf(folderId)}.` });
    onClose();
  });
  const pathOf = (id: string | null) => folderPath(directory.folders, id).join(' / ');
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Move member"
      subject={member.name}
      description={`It is in ${pathOf(member.folderId)} now. It gains what is shared with the new folder and loses what only the old one gave it.`}
      isDanger={false}
      consequences={isSame ? [] : [pausingConsequence(preview), ...stallingConsequences(preview)]}
      reassurance={
        preview.data && preview.data.pausing.length > 0 && !isSame ? pausingReassurance : undefined
      }
      confirmLabel="Move member"
      onConfirm={() => move.send({ accountId: member.accountId, folderId })}
      isPending={move.isPending}
      error={move.error?.message}
    >
      <Field label="Move to">
        <FolderSelect directory={directory} value={folderId} onValueChange={setFolderId} />
      </Field>
    </ConfirmDialog>
  );
}
