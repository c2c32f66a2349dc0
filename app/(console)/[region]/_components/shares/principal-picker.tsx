'use client';

import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '@/components/ui/button';
import { RadioCards } from '@/components/ui/radio-cards';
import { directoryQuery } from '@/lib/directory/query';
import { sharingUse } from '@/lib/directory/rules';
import { DirectoryPicker } from './directory-picker';
import { ManualPrincipal } from './manual-principal';
import { type NamedPrincipal, PrincipalBadges, principalName } from './principal-words';

interface PrincipalPickerProps {
  values: NamedPrincipal[];
  onValuesChange: (values: NamedPrincipal[]) => void;
  scope: 'any_account' | 'directory_only';
  /** With 1, another choice takes the place of the first. */
  limit: number;
  error?: string;
}

type Method = 'directory' | 'manual';

/** Principals of a share to be, from the tree of the directory or by their ids. */
export function PrincipalPicker({ values, onValuesChange, scope, limit, error }: PrincipalPickerProps) {
  const found = useQuery(directoryQuery()).data;
  const directory = found?.directory ?? null;
  const use = sharingUse(directory);
  const directoryRefusal = use.isUsable
    ? null
    : found
      ? use.explanation
      : 'Looking up the resource directory…';
  const [method, setMethod] = useState<Method>('manual');
  const add = (principal: NamedPrincipal) => onValuesChange([...(limit > 1 ? values : []), principal]);
  const remove = (gone: NamedPrincipal) =>
    onValuesChange(values.filter(({ type, id }) => type !== gone.type || id !== gone.id));
  return (
    <div className="flex flex-col gap-3">
      <RadioCards
        label="Add method"
        columns={2}
        value={method}
        onValueChange={(value) => setMethod(value as Method)}
        options={[
          {
            value: 'directory',
            label: 'Add from resource directory',
            description: 'The whole directory, a folder or a member. Those that join later are included.',
            disabledReason: directoryRefusal,
          },
          {
            value: 'manual',
            label: 'Add manually',
            description: 'By account UID, directory id or folder id.',
          },
        ]}
      />
      {method === 'directory' && directory ? (
        <DirectoryPicker directory={directory} values={values} onAdd={add} onRemove={remove} limit={limit} />
      ) : (
        <ManualPrincipal
          values={values}
          onAdd={add}
          directory={use.isUsable ? directory : null}
          directoryRefusal={directoryRefusal}
          scope={scope}
          limit={limit}
          error={error}
        />
      )}
      <ChosenPrincipals values={values} onRemove={remove} />
      {method === 'directory' && error && <p className="text-danger text-sm">{error}</p>}
    </div>
  );
}

function ChosenPrincipals({
  values,
  onRemove,
}: {
  values: NamedPrincipal[];
  onRemove: (principal: NamedPrincipal) => void;
}) {
  if (values.length === 0) return null;
  return (
    <ul
      aria-label="Principals to add"
      className="divide-y divide-line rounded-md border border-line bg-sunken"
    >
      {values.map((principal) => (
        <li key={principal.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1 pr-1 pl-3">
          <span className="min-w-0 flex-1 basis-40 truncate font-medium">{principalName(principal)}</span>
          <PrincipalBadges type={principal.type} />
          <span className="break-all font-mono text-muted text-sm">{principal.id}</span>
          <IconButton
            size="icon-sm"
            label={`Remove ${principal.name}`}
            icon={<X />}
            onClick={() => onRemove(principal)}
          />
        </li>
      ))}
    </ul>
  );
}
