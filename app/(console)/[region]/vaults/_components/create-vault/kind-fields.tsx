'use client';

import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { Time } from '@/components/ui/quantities';
import { Select } from '@/components/ui/select';
import { useNow } from '@/components/ui/use-now';
import { quotaRefusal } from '@/lib/vaults/quotas';
import {
  isTrial,
  type Quota,
  releaseAfterDays,
  sourcesInWords,
  trialDates,
  type Vault,
  VaultKind,
  vaultKinds,
} from '@/lib/vaults/schemas';

interface KindFieldsProps {
  kind: Vault['kind'];
  onKindChange: (kind: Vault['kind']) => void;
  quotas: Quota[];
  region: string;
}

const choices = VaultKind.options.filter((kind) => kind !== 'replication_target');

/** What the vault is to take. The kind stays, but for a trial that is kept as a standard vault. */
export function KindFields({ kind, onKindChange, quotas, region }: KindFieldsProps) {
  return (
    <div className="flex flex-col gap-2.5">
      <Field label="Kind" hint={`Takes ${sourcesInWords(kind)}.`} isRequired>
        <Select
          value={kind}
          onValueChange={(value) => onKindChange(value as Vault['kind'])}
          options={choices.map((choice) => ({
            value: choice,
            label: vaultKinds[choice].word,
            description: vaultKinds[choice].purpose,
            disabledReason: isTrial(choice) ? trialRefusalOf(quotas, choice, region) : null,
          }))}
        />
      </Field>
      {isTrial(kind) && <TrialDates />}
    </div>
  );
}

function trialRefusalOf(quotas: Quota[], kind: Vault['kind'], region: string): string | null {
  const own = quotas.filter((quota) => quota.name === kind);
  return quotaRefusal(own, kind, region)?.message ?? null;
}

function TrialDates() {
  const now = useNow(60_000);
  if (!now) return null;
  const { endsAt, releasesAt } = trialDates(now);
  return (
    <Callout>
      The trial ends <Time at={endsAt} />. Its points can be restored for {releaseAfterDays} more days; on{' '}
      <Time at={releasesAt} /> the vault is released with all its data, unless you keep it as a standard
      vault.
    </Callout>
  );
}
