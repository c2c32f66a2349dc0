'use client';

import { type FormEvent, useState } from 'react';
import type { z } from 'zod';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { CodeBlock } from '@/components/ui/copyable';
import { Field, FieldGroup } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { Summary } from '@/components/ui/summary';
import type { CreatedMember } from '@/lib/directory/schemas';
import { createMemberAction } from '../actions';
import { FolderSelect } from './folder-select';
import type { PanelProps } from './use-directory-panels';

type Created = z.infer<typeof CreatedMember>;

export function CreateMemberPanel({
  directory,
  folderId: first,
  onClose,
}: PanelProps & { folderId: string }) {
  const [name, setName] = useState('');
  const [folderId, setFolderId] = useState(first);
  const [administrator, setAdministrator] = useState({ name: '', email: '' });
  const [created, setCreated] = useState<Created | null>(null);
  const create = useAction(createMemberAction, setCreated);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.send({ name, folderId, administrator });
  };
  if (created) return <CreatedPanel created={created} onClose={onClose} />;
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Create account"
      size="sm"
      description="A new account inside the directory, with its first administrator. It keeps its own vaults, users and bills."
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field label="Account name" error={create.fields.name} isRequired>
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={64}
              autoComplete="off"
            />
          </Field>
          <Field label="Joins the folder" error={create.fields.folderId}>
            <FolderSelect directory={directory} value={folderId} onValueChange={setFolderId} />
          </Field>
          <FieldGroup legend="First administrator">
            <Field label="Name" error={create.fields['administrator.name']} isRequired>
              <Input
                value={administrator.name}
                onChange={(event) => setAdministrator({ ...administrator, name: event.target.value })}
                maxLength={64}
                autoComplete="off"
              />
            </Field>
            <Field
              label="E-mail"
              hint="They sign in with it."
              error={create.fields['administrator.email']}
              isRequired
            >
              <Input
                type="email"
                value={administrator.email}
                onChange={(event) => setAdministrator({ ...administrator, email: event.target.value })}
                autoComplete="off"
              />
            </Field>
          </FieldGroup>
          <FormError error={create.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={create.isPending}>
            Create account
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

function CreatedPanel({
  created: { member, administrator },
  onClose,
}: {
  created: Created;
  onClose: () => void;
}) {
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Account created"
      size="sm"
      description={member.name}
    >
      <PanelBody>
        <Callout kind="warning" title="Copy the password now">
          It is shown only here. Crossvault keeps a hash of it and cannot show it again.
        </Callout>
        <Summary
          columns={1}
          items={[
            { label: 'Account UID', value: <span className="font-mono">{member.accountId}</span> },
            { label: 'Administrator', value: administrator.name },
            { label: 'E-mail', value: administrator.email },
          ]}
        />
        <div className="flex flex-col gap-1.5">
          <p className="font-medium">Password</p>
          <CodeBlock text={administrator.password} label="Copy password" />
        </div>
      </PanelBody>
      <PanelFooter>
        <Button variant="primary" onClick={onClose}>
          I have copied the password
        </Button>
      </PanelFooter>
    </SidePanel>
  );
}
