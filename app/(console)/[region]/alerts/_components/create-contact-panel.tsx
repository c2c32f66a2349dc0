'use client';

import { type FormEvent, useState } from 'react';
import type { z } from 'zod';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Field, FieldGroup } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioCards } from '@/components/ui/radio-cards';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { type AlertContact, AlertTopic, type CreatedAlertContact } from '@/lib/alerts/schemas';
import { createAlertContactAction } from '../actions';
import { ContactFields } from './contact-fields';
import { SigningSecretPanel } from './signing-secret-panel';
import { VerifyContactPanel } from './verify-contact-panel';

interface CreateContactPanelProps {
  canSendMail: boolean;
  onClose: () => void;
}

export function CreateContactPanel({ canSendMail, onClose }: CreateContactPanelProps) {
  const [kind, setKind] = useState<AlertContact['kind']>(canSendMail ? 'email' : 'webhook');
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  const [hears, setHears] = useState<Pick<AlertContact, 'topics' | 'leastSeverity'>>({
    topics: [...AlertTopic.options],
    leastSeverity: 'warning',
  });
  const [created, setCreated] = useState<z.infer<typeof CreatedAlertContact> | null>(null);
  const create = useAction(createAlertContactAction, setCreated);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.send({ kind, name, address, ...hears });
  };
  if (created?.signingSecret) return <SigningSecretPanel created={created} onClose={onClose} />;
  if (created) return <VerifyContactPanel contact={created.contact} onClose={onClose} />;
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Add contact"
      description="It receives alerts once it has shown that it is yours."
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <FieldGroup legend="Send alerts by" error={create.fields.kind}>
            <RadioCards
              label="Send alerts by"
              columns={2}
              value={kind}
              onValueChange={(value) => setKind(value as AlertContact['kind'])}
              options={[
                {
                  value: 'email',
                  label: 'E-mail',
                  description: 'Confirmed by a code that is sent there.',
                  disabledReason: canSendMail
                    ? null
                    : 'The operator of this installation has not named a mail server (CROSSVAULT_SMTP_URL).',
                },
                {
                  value: 'webhook',
                  label: 'Webhook',
                  description: 'A signed POST; confirmed by its answer.',
                },
              ]}
            />
          </FieldGroup>
          <Field label="Name" error={create.fields.name} hint="Who or what it reaches." isRequired>
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={64}
              autoComplete="off"
            />
          </Field>
          <Field
            label={kind === 'email' ? 'E-mail address' : 'Address'}
            error={create.fields.address}
            hint={
              kind === 'email' ? undefined : 'Begins with https:// and answers with a status from 200 to 299.'
            }
            isRequired
          >
            <Input
              value={address}
              onChange={(event) => setAddress(event.target.value)}
              type={kind === 'email' ? 'email' : 'url'}
              autoCapitalize="none"
              autoComplete="off"
              spellCheck={false}
            />
          </Field>
          <ContactFields value={hears} onChange={setHears} fields={create.fields} />
          <FormError error={create.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={create.isPending}>
            Add contact
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
