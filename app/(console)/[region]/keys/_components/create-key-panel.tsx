'use client';

import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input, Textarea } from '@/components/ui/input';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { createKeyAction } from '../actions';

const aliasPrefix = 'alias/';

export function CreateKeyPanel({ onClose }: { onClose: () => void }) {
  const { show } = useFlash();
  const [alias, setAlias] = useState(aliasPrefix);
  const [description, setDescription] = useState('');
  const create = useAction(createKeyAction, (key) => {
    show({
      kind: 'success',
      title: `Key ${key.alias ?? key.id} is being created.`,
      detail:
        'The operator of this installation can export it, so that its vaults open even if the database is lost.',
    });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = alias.trim();
    create.send({ alias: given === '' || given === aliasPrefix ? null : given, description });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Create key"
      description="An AES-256 key made and kept by this installation. Choose it when you create a vault with KMS encryption."
      size="sm"
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field
            label="Alias"
            error={create.fields.alias}
            hint="A name to choose the key by: alias/ and up to 58 letters, digits, / _ or -."
            isOptional
          >
            <Input
              value={alias}
              onChange={(event) => setAlias(event.target.value)}
              spellCheck={false}
              autoCapitalize="none"
              className="font-mono"
            />
          </Field>
          <Field label="Description" error={create.fields.description} isOptional>
            <Textarea
              value={description}
              onChange={(event) => setDescription(event.target.value)}
              maxLength={255}
            />
          </Field>
          <FormError error={create.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={create.isPending}>
            Create key
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
