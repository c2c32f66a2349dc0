'use client';

import { type FormEvent, useState } from 'react';
import type { z } from 'zod';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { CodeBlock } from '@/components/ui/copyable';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Time } from '@/components/ui/quantities';
import { Select } from '@/components/ui/select';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { CreatedAccessKey } from '@/lib/accounts/schemas';
import { createAccessKeyAction } from '../actions';

const never = 'never';
const spans = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '365 days' },
  { value: never, label: 'Never', description: 'It works until it is revoked.' },
];

export function CreateAccessKeyPanel({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [span, setSpan] = useState('90');
  const [created, setCreated] = useState<z.infer<typeof CreatedAccessKey> | null>(null);
  const create = useAction(createAccessKeyAction, setCreated);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.send({ name, expiresInDays: span === never ? null : Number(span) });
  };
  if (created) return <CreatedPanel created={created} onClose={onClose} />;
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Create access key"
      description="It acts as you, with your role, until it expires or is revoked."
      size="sm"
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field
            label="Name"
            error={create.fields.name}
            hint="The program or the machine that uses it."
            isRequired
          >
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={64}
              autoComplete="off"
            />
          </Field>
          <Field label="Expires after" error={create.fields.expiresInDays}>
            <Select value={span} onValueChange={setSpan} options={spans} />
          </Field>
          <FormError error={create.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={create.isPending}>
            Create access key
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

interface CreatedPanelProps {
  created: z.infer<typeof CreatedAccessKey>;
  onClose: () => void;
}

function CreatedPanel({ created: { accessKey, secret }, onClose }: CreatedPanelProps) {
  const origin = window.location.origin;
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Access key created"
      description={accessKey.name}
    >
      <PanelBody>
        <Callout kind="warning" title="Copy the key now">
          It is shown only here. Crossvault keeps a hash of it and cannot show it again.
        </Callout>
        <div className="flex flex-col gap-1.5">
          <p className="font-medium">Key</p>
          <CodeBlock text={secret} label="Copy access key" />
          {accessKey.expiresAt && (
            <p className="text-muted text-sm">
              Expires on <Time at={accessKey.expiresAt} />
            </p>
          )}
        </div>
        <div className="flex flex-col gap-1.5">
          <p className="font-medium">Try it</p>
          <CodeBlock text={`curl -H 'Authorization: Bearer ${secret}' \\\n  ${origin}/api/v1/vaults`} />
          <p className="text-muted text-sm">
            The whole API is described at{' '}
            <a href="/api/v1/openapi.json" target="_blank" rel="noreferrer" className="link underline">
              {origin}/api/v1/openapi.json
            </a>
            .
          </p>
        </div>
      </PanelBody>
      <PanelFooter>
        <Button variant="primary" onClick={onClose}>
          I have copied the key
        </Button>
      </PanelFooter>
    </SidePanel>
  );
}
