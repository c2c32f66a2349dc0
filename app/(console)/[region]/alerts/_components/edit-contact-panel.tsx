'use client';

import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input } from '@/components/ui/input';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { AlertContact } from '@/lib/alerts/schemas';
import { updateAlertContactAction } from '../actions';
import { ContactFields } from './contact-fields';

interface EditContactPanelProps {
  contact: AlertContact;
  onClose: () => void;
}

export function EditContactPanel({ contact, onClose }: EditContactPanelProps) {
  const { show } = useFlash();
  const [name, setName] = useState(contact.name);
  const [hears, setHears] = useState({ topics: contact.topics, leastSeverity: contact.leastSeverity });
  const update = useAction(updateAlertContactAction, () => {
    show({ kind: 'success', title: `Contact ${name} was changed.` });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.send({ id: contact.id, name, ...hears });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Edit contact"
      description={`${contact.address}. For another address, add another contact.`}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field label="Name" error={update.fields.name} isRequired>
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={64}
              autoComplete="off"
            />
          </Field>
          <ContactFields value={hears} onChange={setHears} fields={update.fields} />
          <FormError error={update.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={update.isPending}>
            Save contact
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
