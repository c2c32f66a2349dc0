'use client';

import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { useFlash } from '@/components/ui/flash';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { KmsKey } from '@/lib/keys/schemas';
import { updateKeyAction } from '../actions';
import { aliasOf, aliasPrefix, KeyFields } from './key-fields';

export function EditKeyPanel({ kmsKey, onClose }: { kmsKey: KmsKey; onClose: () => void }) {
  const { show } = useFlash();
  const [alias, setAlias] = useState(kmsKey.alias ?? aliasPrefix);
  const [description, setDescription] = useState(kmsKey.description);
  const update = useAction(updateKeyAction, (key) => {
    show({ kind: 'success', title: `Key ${key.alias ?? key.id} is changed.` });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.send({ id: kmsKey.id, alias: aliasOf(alias), description });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Edit key"
      description={kmsKey.id}
      size="sm"
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <KeyFields
            alias={alias}
            onAliasChange={setAlias}
            description={description}
            onDescriptionChange={setDescription}
            errors={update.fields}
          />
          {kmsKey.alias && (
            <Callout>
              Vaults keep the key they were made with. An alias that is taken away here can be given to
              another key, and vaults that are made by it from then on use that one.
            </Callout>
          )}
          <FormError error={update.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={update.isPending}>
            Save key
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
