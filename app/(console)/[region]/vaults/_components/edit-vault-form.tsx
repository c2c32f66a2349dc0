'use client';

import { type FormEvent, type ReactNode, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import type { Vault } from '@/lib/vaults/schemas';
import { updateVaultAction } from '../actions';
import { CapacityFields, choiceOf } from './capacity-fields';
import { GuardDaysField } from './guard-days-field';
import { ResourceGroupField } from './resource-group-field';

interface EditVaultFormProps {
  vault: Vault;
  disabledReason?: string | null;
  onDone: (vault: Vault) => void;
  /** Places the fields and the button that saves them. */
  layout: (fields: ReactNode, submit: ReactNode) => ReactNode;
}

/** What can be changed of a vault: name, description, resource group and, of a target, its guard days. */
export function EditVaultForm({ vault, disabledReason, onDone, layout }: EditVaultFormProps) {
  const [name, setName] = useState(vault.name);
  const [description, setDescription] = useState(vault.description);
  const [groupId, setGroupId] = useState(vault.resourceGroup.id);
  const [guardDays, setGuardDays] = useState(String(vault.guard?.days ?? ''));
  const [capacity, setCapacity] = useState(choiceOf(vault));
  const update = useAction(updateVaultAction, onDone);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.send({
      id: vault.id,
      name,
      description,
      resourceGroupId: groupId,
      ...(vault.guard && { guardDays }),
      ...(vault.capacity && capacity),
    });
  };
  const isChanged =
    name !== vault.name ||
    description !== vault.description ||
    groupId !== vault.resourceGroup.id ||
    guardDays !== String(vault.guard?.days ?? '') ||
    JSON.stringify(capacity) !== JSON.stringify(choiceOf(vault));
  return (
    <form className="contents" onSubmit={submit} noValidate>
      {layout(
        <>
          <Field label="Vault name" error={update.fields.name} isRequired>
            <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={64} />
          </Field>
          <Field label="Description" error={update.fields.description} isOptional>
            <Textarea
              value={description}
              onChange={(event) => setDescription(event.target.value)}
              maxLength={255}
              rows={2}
            />
          </Field>
          <ResourceGroupField
            value={groupId}
            onValueChange={setGroupId}
            error={update.fields.resourceGroupId}
          />
          {vault.guard && (
            <GuardDaysField value={guardDays} onValueChange={setGuardDays} error={update.fields.guardDays} />
          )}
          {vault.capacity && (
            <CapacityFields
              kind={vault.kind}
              region={vault.region}
              value={capacity}
              onValueChange={setCapacity}
              errors={update.fields}
            />
          )}
          <FormError error={update.error} />
        </>,
        <Button
          type="submit"
          variant="primary"
          isLoading={update.isPending}
          disabledReason={disabledReason ?? (isChanged ? null : 'Nothing is changed yet.')}
        >
          Save changes
        </Button>,
      )}
    </form>
  );
}
