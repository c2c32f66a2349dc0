'use client';

import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input } from '@/components/ui/input';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { ResourceGroup } from '@/lib/resource-groups/schemas';
import { createResourceGroupAction, updateResourceGroupAction } from '../actions';

/** Creates a group, or renames the one given. */
export function GroupNamePanel({ group, onClose }: { group?: ResourceGroup; onClose: () => void }) {
  const { show } = useFlash();
  const [name, setName] = useState(group?.name ?? '');
  const done = (saved: ResourceGroup) => {
    show({ kind: 'success', title: `Resource group ${saved.name} is saved.` });
    onClose();
  };
  const create = useAction(createResourceGroupAction, done);
  const rename = useAction(updateResourceGroupAction, done);
  const used = group ? rename : create;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (group) rename.send({ id: group.id, name });
    else create.send({ name });
  };
  const verb = group ? 'Rename' : 'Create';
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`${verb} resource group`}
      description={group?.id}
      size="sm"
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field label="Name" error={used.fields.name} hint="Of this account; each name once." isRequired>
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={64}
              autoComplete="off"
            />
          </Field>
          <FormError error={used.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={used.isPending}>
            {verb} resource group
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
