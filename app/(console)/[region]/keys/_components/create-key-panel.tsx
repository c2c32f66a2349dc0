'use client';

import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { useFlash } from '@/components/ui/flash';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { createKeyAction } from '../actions';
import { aliasOf, aliasPrefix, KeyFields } from './key-fields';

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
    create.send({ alias: aliasOf(alias), description });
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
          <KeyFields
            alias={alias}
            onAliasChange={setAlias}
            description={description}
            onDescriptionChange={setDescription}
            errors={create.fields}
          />
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
