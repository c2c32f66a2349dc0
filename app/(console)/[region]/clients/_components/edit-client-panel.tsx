'use client';

import { type FormEvent, useState } from 'react';
import { connectionCost, connectionWords } from '@/app/(console)/_components/clients/client-words';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { BackupClient } from '@/lib/clients/schemas';
import { updateClientAction } from '../actions';

const connections = Object.entries(connectionWords).map(([value, label]) => ({ value, label }));

export function EditClientPanel({ client, onClose }: { client: BackupClient; onClose: () => void }) {
  const { show } = useFlash();
  const [name, setName] = useState(client.name);
  const [connection, setConnection] = useState(client.connection);
  const update = useAction(updateClientAction, (changed) => {
    show({ kind: 'success', title: `Client ${changed.name} is saved.` });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.send({ id: client.id, name, connection });
  };
  return (
    <SidePanel isOpen onOpenChange={(isOpen) => !isOpen && onClose()} title="Edit client" size="sm">
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field
            label="Name"
            error={update.fields.name}
            hint={`The host calls itself ${client.hostname}.`}
            isRequired
          >
            <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={64} />
          </Field>
          <Field label="Connection" error={update.fields.connection} hint={connectionCost[connection]}>
            <Select
              value={connection}
              onValueChange={(value) => setConnection(value as BackupClient['connection'])}
              options={connections}
            />
          </Field>
          <FormError error={update.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={update.isPending}>
            Save client
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
