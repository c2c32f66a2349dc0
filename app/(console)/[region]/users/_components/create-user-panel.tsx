'use client';

import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioCards } from '@/components/ui/radio-cards';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { Role } from '@/lib/permissions';
import { roleDescriptions } from '@/lib/users/rules';
import type { UserWithPassword } from '@/lib/users/schemas';
import { createUserAction } from '../actions';
import { OneTimePasswordPanel } from './one-time-password-panel';

export const roleOptions = Object.entries(roleDescriptions).map(([value, { name, may, mayNot }]) => ({
  value,
  label: name,
  description: `${may} ${mayNot}`,
}));

export function CreateUserPanel({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [created, setCreated] = useState<UserWithPassword | null>(null);
  const create = useAction(createUserAction, setCreated);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.send({ name, email, role });
  };
  if (created) return <OneTimePasswordPanel title="User created" made={created} onClose={onClose} />;
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Create user"
      description="They sign in with a one-time password, which you hand to them, and choose their own."
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field label="Name" error={create.fields.name} isRequired>
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={64}
              autoComplete="off"
            />
          </Field>
          <Field
            label="E-mail"
            error={create.fields.email}
            hint="What they sign in with. One address belongs to one user of the installation."
            isRequired
          >
            <Input
              type="email"
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              maxLength={254}
              autoComplete="off"
            />
          </Field>
          <div className="flex flex-col gap-1.5">
            <p className="font-medium">Role</p>
            <RadioCards
              label="Role"
              options={roleOptions}
              value={role}
              onValueChange={(value) => setRole(value as Role)}
            />
          </div>
          <FormError error={create.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={create.isPending}>
            Create user
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
