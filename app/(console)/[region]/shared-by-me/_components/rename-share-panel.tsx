'use client';

import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input } from '@/components/ui/input';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { renameResourceShareAction } from '../actions';

export function RenameSharePanel({ share, onClose }: { share: ResourceShare; onClose: () => void }) {
  const [name, setName] = useState(share.name);
  const { show } = useFlash();
  const rename = useAction(renameResourceShareAction, (renamed) => {
    show({ kind: 'success', title: `The resource share is called ${renamed.name}.` });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.send({ id: share.id, name });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Rename resource share"
      size="sm"
      description={share.name}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field
            label="Resource share name"
            hint="Up to 50 letters, digits, dots, hyphens or underscores. Its principals see it."
            error={rename.fields.name}
            isRequired
          >
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={50}
              autoComplete="off"
              spellCheck={false}
            />
          </Field>
          <FormError error={rename.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={rename.isPending}>
            Rename resource share
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
