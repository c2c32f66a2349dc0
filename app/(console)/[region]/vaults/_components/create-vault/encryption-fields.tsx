'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { sectionHref } from '@/components/console/navigation';
import { Callout } from '@/components/ui/callout';
import { Checkbox } from '@/components/ui/checkbox';
import { Field, FieldGroup } from '@/components/ui/field';
import { RadioCards } from '@/components/ui/radio-cards';
import { Select, type SelectOption } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { keysQuery } from '@/lib/keys/query';
import type { KmsKey } from '@/lib/keys/schemas';
import type { Vault } from '@/lib/vaults/schemas';

interface EncryptionFieldsProps {
  encryption: Vault['encryption'];
  onEncryptionChange: (encryption: Vault['encryption']) => void;
  /** A key's id or alias; null while none is chosen. */
  kmsKey: string | null;
  onKmsKeyChange: (key: string | null) => void;
  error?: string;
  region: string;
}

export function EncryptionFields(props: EncryptionFieldsProps) {
  const { encryption, onEncryptionChange } = props;
  return (
    <FieldGroup legend="Encryption method">
      <RadioCards
        label="Encryption method"
        columns={2}
        value={encryption}
        onValueChange={(value) => onEncryptionChange(value as Vault['encryption'])}
        options={[
          {
            value: 'service',
            label: 'Service-managed',
            description: 'Crossvault keeps the key that protects this vault’s key.',
          },
          {
            value: 'kms',
            label: 'KMS key',
            description: 'A key of this account, which you can disable or destroy.',
          },
        ]}
      />
      {encryption === 'kms' && <KmsKeyField {...props} />}
      <Callout kind="warning" className="mt-1 text-sm">
        The method cannot be changed later. A vault and its replication target must use the same one.
      </Callout>
    </FieldGroup>
  );
}

function KmsKeyField({ kmsKey, onKmsKeyChange, error, region }: EncryptionFieldsProps) {
  const keys = useQuery(keysQuery());
  const [isByAlias, setIsByAlias] = useState(false);
  if (!keys.data)
    return keys.error ? <Callout kind="danger">{keys.error.message}</Callout> : <Skeleton className="h-8" />;
  const items = keys.data.items.filter((key) => key.state !== 'destroyed' && (!isByAlias || key.alias));
  const switchNaming = (next: boolean) => {
    setIsByAlias(next);
    onKmsKeyChange(null);
  };
  return (
    <div className="mt-1 flex flex-col gap-2.5">
      <Field
        label={isByAlias ? 'KMS key alias' : 'KMS key id'}
        error={error}
        hint={
          items.length === 0 && (
            <>
              There is no key {isByAlias && 'with an alias '}yet.{' '}
              <Link href={sectionHref(region, 'keys')} className="link underline">
                Create one under Keys
              </Link>
              .
            </>
          )
        }
        isRequired
      >
        <Select
          value={kmsKey ?? ''}
          placeholder={isByAlias ? 'Choose an alias' : 'Choose a key'}
          options={items.map((key) => toOption(key, isByAlias))}
          onValueChange={onKmsKeyChange}
          isDisabled={items.length === 0}
        />
      </Field>
      <Checkbox
        label="Choose by alias"
        description="The alias is looked up once, now. Moving it to another key later does not change this vault."
        checked={isByAlias}
        onCheckedChange={(checked) => switchNaming(checked === true)}
      />
    </div>
  );
}

function toOption(key: KmsKey, isByAlias: boolean): SelectOption {
  const reasons: Partial<Record<KmsKey['state'], string>> = {
    creating: 'Still being made.',
    disabled: 'Disabled. Enable it under Keys first.',
    scheduled: 'To be destroyed. Cancel that under Keys first.',
  };
  return {
    value: isByAlias ? (key.alias ?? key.id) : key.id,
    label: isByAlias ? (key.alias ?? key.id) : key.id,
    description: isByAlias ? key.id : (key.alias ?? key.description) || undefined,
    disabledReason: reasons[key.state] ?? null,
  };
}
