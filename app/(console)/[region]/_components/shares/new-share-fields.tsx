'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams } from 'next/navigation';
import {
  KeyPermissionWords,
  PermissionWords,
} from '@/app/(console)/[region]/_components/shares/permission-words';
import { PrincipalPicker } from '@/app/(console)/[region]/_components/shares/principal-picker';
import type { NamedPrincipal } from '@/app/(console)/[region]/_components/shares/principal-words';
import { sectionHref } from '@/components/console/navigation';
import { Field, FieldGroup } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioCards } from '@/components/ui/radio-cards';
import { directoryQuery } from '@/lib/directory/query';
import { type DirectoryUse, sharingUse } from '@/lib/directory/rules';
import type { ResourceShare } from '@/lib/resource-shares/schemas';

export type PrincipalScope = ResourceShare['principalScope'];

interface NewShareFieldsProps {
  name: string;
  onNameChange: (name: string) => void;
  scope: PrincipalScope;
  onScopeChange: (scope: PrincipalScope) => void;
  principals: NamedPrincipal[];
  onPrincipalsChange: (principals: NamedPrincipal[]) => void;
  fields: Record<string, string>;
  /** What is to be shared. */
  resource?: 'vault' | 'key';
}

const limit = 20;

export function NewShareFields(props: NewShareFieldsProps) {
  const { name, onNameChange, scope, onScopeChange, principals, onPrincipalsChange, fields } = props;
  const { resource = 'vault' } = props;
  const directory = useQuery(directoryQuery());
  const use = sharingUse(directory.data?.directory ?? null);
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
              label: 'Share resources with any account',
              description:
                'Accounts outside the resource directory get an invitation and have 7 days to accept it.',
            },
            {
              value: 'directory_only',
              label: 'Share resources only within the resource directory',
              description: 'The directory, its folders and its accounts. Nothing has to be accepted.',
              disabledReason: use.isUsable
                ? null
                : directory.data
                  ? use.explanation
                  : 'Looking up the resource directory…',
            },
          ]}
        />
        {!use.isUsable && directory.data && <DirectoryWayOut use={use} />}
      </FieldGroup>
      <FieldGroup legend="Principals">
        <PrincipalPicker
          values={principals}
          onValuesChange={onPrincipalsChange}
          scope={scope}
          limit={limit}
          error={readPrincipalError(fields, principals)}
        />
      </FieldGroup>
      <FieldGroup legend="Associated permission">
        {resource === 'key' ? <KeyPermissionWords /> : <PermissionWords />}
      </FieldGroup>
    </>
  );
}

/** The server names a principal by its place in the list. */
function readPrincipalError(
  fields: Record<string, string>,
  principals: NamedPrincipal[],
): string | undefined {
  if (fields.principals) return fields.principals;
  const found = principals.findIndex((_, index) => fields[`principals.${index}.id`]);
  return found < 0 ? undefined : `${principals[found]?.name}: ${fields[`principals.${found}.id`]}`;
}

/** Why the directory's choices are greyed out, with the page where that is changed. */
function DirectoryWayOut({ use }: { use: Extract<DirectoryUse, { isUsable: false }> }) {
  const { region } = useParams<{ region: string }>();
  return (
    <p className="mt-1.5 text-muted text-sm">
      {use.explanation}{' '}
      <Link className="link underline" href={sectionHref(region, 'resource-directory')}>
        Open resource directory
      </Link>
    </p>
  );
}
