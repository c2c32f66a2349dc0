'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { RadioCards } from '@/components/ui/radio-cards';
import { resourceSharesQuery } from '@/lib/resource-shares/query';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { ExistingShareFields } from './existing-share-fields';
import { NewShareFields, type PrincipalScope } from './new-share-fields';
import type { NamedPrincipal } from './principal-words';

type Mode = 'existing' | 'new';
type Resource = 'vault' | 'key';

/** Which share something is put into, an existing one or a new one; `isHeldBy` those that have it already. */
export function useShareChoice(isHeldBy: (share: ResourceShare) => boolean) {
  const shares = useQuery(resourceSharesQuery());
  const [chosenMode, setMode] = useState<Mode | null>(null);
  const [shareId, setShareId] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [scope, setScope] = useState<PrincipalScope>('any_account');
  const [principals, setPrincipals] = useState<NamedPrincipal[]>([]);
  const others = shares.data?.items.filter((share) => !isHeldBy(share)) ?? [];
  const mode = chosenMode ?? (others.length > 0 ? 'existing' : 'new');
  const existing = others.find((share) => share.id === shareId) ?? null;
  return {
    ...{ mode, setMode, shareId, setShareId, name, setName, scope, setScope, principals, setPrincipals },
    others,
    isNoneLeft: shares.data !== undefined && others.length === 0,
    /** Whom it will reach. */
    recipients:
      mode === 'new'
        ? principals
        : (existing?.principals.map(({ type, id, name: known }) => ({ type, id, name: known ?? id })) ?? []),
    /** As the verbs take it. */
    input:
      mode === 'existing'
        ? { mode, shareId: shareId ?? '' }
        : { mode, name, principalScope: scope, principals: principals.map(({ type, id }) => ({ type, id })) },
  };
}

interface ShareChoiceProps {
  choice: ReturnType<typeof useShareChoice>;
  fields: Record<string, string>;
  resource: Resource;
}

export function ShareChoice({ choice, fields, resource }: ShareChoiceProps) {
  return (
    <>
      <RadioCards
        label="Resource share"
        columns={2}
        value={choice.mode}
        onValueChange={(value) => choice.setMode(value as Mode)}
        options={[
          {
            value: 'existing',
            label: 'Select from existing',
            description: `Its principals can ${resource === 'vault' ? 'choose' : 'use'} this ${resource} as well, with nothing more to accept.`,
            disabledReason: choice.isNoneLeft ? 'There is no other resource share in this account.' : null,
          },
          {
            value: 'new',
            label: 'Create a resource share',
            description: 'For the principals that you name.',
          },
        ]}
      />
      {choice.mode === 'existing' ? (
        <ExistingShareFields
          shares={choice.others}
          value={choice.shareId}
          onValueChange={choice.setShareId}
          error={fields.shareId}
          resource={resource}
        />
      ) : (
        <NewShareFields
          name={choice.name}
          onNameChange={choice.setName}
          scope={choice.scope}
          onScopeChange={choice.setScope}
          principals={choice.principals}
          onPrincipalsChange={choice.setPrincipals}
          fields={fields}
          resource={resource}
        />
      )}
    </>
  );
}
