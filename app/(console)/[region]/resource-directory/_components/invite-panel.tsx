'use client';

import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input, Textarea } from '@/components/ui/input';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { directoryInvitationDays } from '@/lib/directory/rules';
import { inviteMemberAction } from '../actions';
import { FolderSelect } from './folder-select';
import type { PanelProps } from './use-directory-panels';

export function InvitePanel({ directory, folderId: first, onClose }: PanelProps & { folderId: string }) {
  const [accountId, setAccountId] = useState('');
  const [folderId, setFolderId] = useState(first);
  const [note, setNote] = useState('');
  const { show } = useFlash();
  const invite = useAction(inviteMemberAction, ({ recipient }) => {
    show({
      kind: 'success',
      title: `${recipient.name ?? recipient.accountId} is invited to the resource directory.`,
    });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.send({ accountId: accountId.replaceAll(/[\s-]/g, ''), folderId, note });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Invite account"
      size="sm"
      description={`It joins when its administrator accepts, within ${directoryInvitationDays} days.`}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field
            label="Account UID"
            hint="16 digits; they stand in the top bar of that account’s console."
            error={invite.fields.accountId}
            isRequired
          >
            <Input
              value={accountId}
              onChange={(event) => setAccountId(event.target.value)}
              inputMode="numeric"
              autoComplete="off"
              className="font-mono"
            />
          </Field>
          <Field label="Joins the folder" error={invite.fields.folderId}>
            <FolderSelect directory={directory} value={folderId} onValueChange={setFolderId} />
          </Field>
          <Field label="Note" hint="Seen by the invited account." error={invite.fields.note}>
            <Textarea
              value={note}
              onChange={(event) => setNote(event.target.value)}
              maxLength={255}
              rows={3}
            />
          </Field>
          <FormError error={invite.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={invite.isPending}>
            Invite account
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
