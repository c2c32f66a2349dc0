'use client';

import { useQuery } from '@tanstack/react-query';
import { Field, FieldGroup } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { leastArchiveDays, leastStandardDays } from '@/lib/backup-points/schemas';
import { kindWords } from '@/lib/policies/words';
import { regionName } from '@/lib/regions/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import type { RuleEditorProps } from './rule-editor';

const sameVault = 'same';
const longer = [
  ['daily', 'dailyDays'],
  ['weekly', 'weeklyDays'],
  ['monthly', 'monthlyDays'],
  ['yearly', 'yearlyDays'],
] as const;

/** How long points are kept and when they are archived. What is decided for a point stays with it. */
export function RetentionFields({ rule, problems, onChange }: RuleEditorProps) {
  const days = (field: 'days' | 'archiveAfterDays' | (typeof longer)[number][1]) => (
    <Input
      inputMode="numeric"
      value={rule[field]}
      className="max-w-32 tabular-nums"
      onChange={(event) => onChange({ [field]: event.target.value })}
    />
  );
  return (
    <>
      <FieldGroup
        legend="Retention"
        hint="Decided when a point is made, and never changed for it afterwards."
      >
        <div className="flex flex-col gap-4">
          <Field
            label="Keep every point for, days"
            hint="From 1 to 364,635."
            error={problems.days}
            isRequired
          >
            {days('days')}
          </Field>
          <Switch
            label="Keep some points longer"
            description="The first point of a day, week, month or year, for so many days. Where several apply, the longest counts."
            checked={rule.hasLonger}
            onCheckedChange={(hasLonger) => onChange({ hasLonger })}
          />
          {rule.hasLonger && (
            <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
              {longer.map(([kind, field]) => (
                <Field key={kind} label={kindWords[kind]} error={problems[field]} isOptional>
                  {days(field)}
                </Field>
              ))}
            </div>
          )}
        </div>
      </FieldGroup>
      <FieldGroup legend="Archiving">
        <div className="flex flex-col gap-4">
          <Switch
            label="Archive points automatically"
            description="They move to the archive tier, which costs less and restores more slowly. Copies in a replication target vault are removed then."
            checked={rule.archives}
            onCheckedChange={(archives) => onChange({ archives })}
          />
          {rule.archives && (
            <>
              <Field
                label="Archive after, days"
                hint={`At least ${leastStandardDays} days after they are made, and at least ${leastArchiveDays} days before they expire.`}
                error={problems.archiveAfterDays}
                isRequired
              >
                {days('archiveAfterDays')}
              </Field>
              <ArchiveVault
                value={rule.archiveVaultId}
                onChange={(archiveVaultId) => onChange({ archiveVaultId })}
              />
            </>
          )}
        </div>
      </FieldGroup>
    </>
  );
}

interface ArchiveVaultProps {
  value: string;
  onChange: (archiveVaultId: string) => void;
}

/** Where points are archived; asked only where there is a choice. */
function ArchiveVault({ value, onChange }: ArchiveVaultProps) {
  const vaults = useQuery(allVaultsQuery()).data?.filter(({ kind }) => kind === 'archive') ?? [];
  if (vaults.length === 0) return null;
  return (
    <Field
      label="Archive to"
      hint="An archive vault takes points of vaults in its own region with the same encryption."
    >
      <Select
        value={value || sameVault}
        onValueChange={(chosen) => onChange(chosen === sameVault ? '' : chosen)}
        options={[
          { value: sameVault, label: 'The archive tier of the same vault' },
          ...vaults.map(({ id, name, region }) => ({
            value: id,
            label: name,
            description: regionName(region),
          })),
        ]}
      />
    </Field>
  );
}
