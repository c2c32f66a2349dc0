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
import { verifyAlertContactAction } from '../actions';

interface VerifyContactPanelProps {
  contact: AlertContact;
  onClose: () => void;
}

export function VerifyContactPanel({ contact, onClose }: VerifyContactPanelProps) {
  const { show } = useFlash();
  const [code, setCode] = useState('');
  const verify = useAction(verifyAlertContactAction, () => {
    show({ kind: 'success', title: `${contact.name} receives alerts from now on.` });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    verify.send({ id: contact.id, code });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Confirm e-mail address"
      description={`A message with a code was sent to ${contact.address}. It holds for 30 minutes.`}
      size="sm"
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field label="Code" error={verify.fields.code} hint="Six digits." isRequired>
            <Input
              value={code}
              onChange={(event) => setCode(event.target.value)}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={6}
              className="font-mono"
            />
          </Field>
          <FormError error={verify.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Enter it later</Button>
          <Button type="submit" variant="primary" isLoading={verify.isPending}>
            Confirm address
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
