'use client';

import { PermissionWords } from '@/app/(console)/[region]/_components/shares/permission-words';
import {
  type NamedAccount,
  PrincipalInput,
} from '@/app/(console)/[region]/_components/shares/principal-input';
import { Field, FieldGroup } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioCards } from '@/components/ui/radio-cards';
import type { ResourceShare } from '@/lib/resource-shares/schemas';

export type PrincipalScope = ResourceShare['principalScope'];

interface NewShareFieldsProps {
  name: string;
  onNameChange: (name: string) => void;
  scope: PrincipalScope;
  onScopeChange: (scope: PrincipalScope) => void;
  accounts: NamedAccount[];
  onAccountsChange: (accounts: NamedAccount[]) => void;
  fields: Record<string, string>;
}

const limit = 20;

export function NewShareFields(props: NewShareFieldsProps) {
  const { name, onNameChange, scope, onScopeChange, accounts, onAccountsChange, fields } = props;
  return (
    <>
      <Field
        label="Resource share name"
        hint="Up to 50 letters, digits, dots, hyphens or underscores. The invited accounts see it."
        error={fields.name}
        isRequired
      >
        <Input
          value={name}
          onChange={(event) => onNameChange(event.target.value)}
          maxLength={50}
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      <FieldGroup legend="Principal scope" error={fields.principalScope}>
        <RadioCards
          label="Principal scope"
          value={scope}
          onValueChange={(value) => onScopeChange(value as PrincipalScope)}
          options={[
            {
              value: 'any_account',
              label: 'Any account',
              description: 'Each account gets an invitation and has 7 days to accept it.',
            },
            {
              value: 'directory_only',
              label: 'Only within the resource directory',
              disabledReason: 'This account is in no resource directory.',
            },
          ]}
        />
      </FieldGroup>
      <FieldGroup legend="Principals">
        <PrincipalInput
          values={accounts}
          onValuesChange={onAccountsChange}
          limit={limit}
          error={readPrincipalError(fields, accounts)}
        />
      </FieldGroup>
      <FieldGroup legend="Associated permission">
        <PermissionWords />
      </FieldGroup>
    </>
  );
}

/** The server names an account by its place in the list. */
function readPrincipalError(fields: Record<string, string>, accounts: NamedAccount[]): string | undefined {
  if (fields.principals) return fields.principals;
  const found = accounts.findIndex((_, index) => fields[`principals.${index}.id`]);
  return found < 0 ? undefined : `${accounts[found]?.name}: ${fields[`principals.${found}.id`]}`;
}
