'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import {
  pausingConsequence,
  stallingConsequences,
} from '@/app/(console)/[region]/_components/access-loss/pausing';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { memberChangeQuery } from '@/lib/directory/query';
import type { DirectoryMember } from '@/lib/directory/schemas';
import { removeMemberAction } from '../actions';
import type { PanelProps } from './use-directory-panels';

export function RemoveMemberDialog({ member, onClose }: PanelProps & { member: DirectoryMember }) {
  const preview = useQuery(memberChangeQuery(member.accountId));
  const { show } = useFlash();
  const remove = useAction(removeMemberAction, () => {
    show({ kind: 'success', title: `${member.name} is removed from the resource directory.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Remove member"
      subject={member.name}
      description="Everything that it shares, or that is shared with it, inside the directory ends at once."
      consequences={[
        pausingConsequence(preview),
        ...stallingConsequences(preview),
        {
          label: 'Coming back',
          value: 'Needs a new invitation; shares that name the account itself do not return',
        },
      ]}
      reassurance="The account, its vaults and all copies stay. What it accepted by an invitation from outside stays too."
      typedName={member.name}
      confirmLabel="Remove member"
      onConfirm={() => remove.send({ accountId: member.accountId, confirm: member.name })}
      isPending={remove.isPending}
      error={remove.error?.message}
    />
  );
}
