'use client';

import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { resourceGroupsQuery } from '@/lib/resource-groups/query';
import { createResourceGroupAction } from '../actions';

interface ResourceGroupFieldProps {
  value: string;
  onValueChange: (id: string) => void;
  error?: string;
}

/** Chooses a resource group, or makes one without leaving the form. */
export function ResourceGroupField({ value, onValueChange, error }: ResourceGroupFieldProps) {
  const groups = useQuery(resourceGroupsQuery());
  const [isAdding, setIsAdding] = useState(false);
  if (isAdding) {
    return (
      <NewResourceGroup
        onDone={(id) => {
          if (id) onValueChange(id);
          setIsAdding(false);
        }}
      />
    );
  }
  return (
    <div className="flex items-start gap-2">
      <Field
        label="Resource group"
        error={error ?? groups.error?.message}
        className="min-w-0 flex-1"
        isRequired
      >
        <Select
          value={value}
          onValueChange={onValueChange}
          options={(groups.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Field>
      <Button className="mt-[27px]" icon={<Plus />} onClick={() => setIsAdding(true)}>
        New group
      </Button>
    </div>
  );
}

function NewResourceGroup({ onDone }: { onDone: (id: string | null) => void }) {
  const [name, setName] = useState('');
  const create = useAction(createResourceGroupAction, (group) => onDone(group.id));
  const pressKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    // The field stands inside another form, which must not be sent.
    event.preventDefault();
    create.send({ name });
  };
  return (
    <Field label="Name of the new resource group" error={create.fields.name ?? create.error?.message}>
      <div className="flex gap-2">
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={pressKey}
          maxLength={64}
          autoComplete="off"
        />
        <Button onClick={() => create.send({ name })} isLoading={create.isPending}>
          Create group
        </Button>
        <Button variant="ghost" onClick={() => onDone(null)}>
          Cancel
        </Button>
      </div>
    </Field>
  );
}
