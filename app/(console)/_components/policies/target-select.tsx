'use client';

import { useQuery } from '@tanstack/react-query';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { regionName } from '@/lib/regions/schemas';
import { replicationTargetsQuery } from '@/lib/replication/query';

interface TargetSelectProps {
  vault: { id: string; name: string };
  value: string | undefined;
  onChange: (targetVaultId: string) => void;
  /** Targets that another vault of this form has; by target, the name of that vault. */
  taken: Record<string, string>;
  error?: string;
}

/** The replication target of one vault, by the same evaluator as on the page of the vault. */
export function TargetSelect({ vault, value, onChange, taken, error }: TargetSelectProps) {
  const targets = useQuery(replicationTargetsQuery(vault.id));
  const options = (targets.data?.items ?? []).map((target) => {
    const other = taken[target.vaultId];
    return {
      value: target.vaultId,
      label: target.vaultName,
      description: `${regionName(target.region)}, ${target.isOwn ? 'this account' : target.ownerName}`,
      disabledReason:
        target.explanation ?? (other ? `Chosen for ${other}: a target serves one vault only.` : null),
    };
  });
  const isEmpty = targets.data !== undefined && options.length === 0;
  return (
    <Field
      label={`Target for ${vault.name}`}
      error={error ?? targets.error?.message}
      hint={
        isEmpty
          ? 'No target vault is shared with this account, and it has none of its own in another region.'
          : undefined
      }
      isRequired
    >
      <Select
        value={value}
        onValueChange={onChange}
        placeholder={targets.data ? (isEmpty ? 'No target vault' : 'Choose a target vault') : 'Loading…'}
        options={options}
        isDisabled={isEmpty}
      />
    </Field>
  );
}
