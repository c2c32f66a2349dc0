'use client';

import { conflictWords } from '@/app/(console)/_components/jobs/job-words';
import { FieldGroup } from '@/components/ui/field';
import { RadioCards } from '@/components/ui/radio-cards';
import { Summary } from '@/components/ui/summary';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { RestoreDestination } from '@/lib/restores/schemas';
import type { RestoreDraft } from './draft';
import type { RestoreKindUi } from './kinds/kind';

interface SettingsStepProps {
  ui: RestoreKindUi;
  draft: RestoreDraft;
  point: BackupPoint | null;
  destination: RestoreDestination | null;
  onChange: (part: Partial<RestoreDraft>) => void;
}

/** How it is written: what happens to what is there, and what else the kind knows. */
export function SettingsStep({ ui, draft, point, destination, onChange }: SettingsStepProps) {
  const { Options, conflictPolicies, item } = ui;
  return (
    <div className="flex flex-col gap-6">
      {point && <AsBackedUp point={point} />}
      {conflictPolicies.length > 0 && (
        <FieldGroup legend={`When ${article(item)} ${item} exists already`}>
          <RadioCards
            label={`When ${article(item)} ${item} exists already`}
            value={draft.conflictPolicy}
            onValueChange={(policy) => onChange({ conflictPolicy: policy as RestoreDraft['conflictPolicy'] })}
            options={conflictPolicies.map((policy) => ({
              value: policy,
              label: conflictWords[policy].word,
              description: wordsFor(item, conflictWords[policy].what),
            }))}
          />
        </FieldGroup>
      )}
      {Options && <Options draft={draft} onChange={onChange} destination={destination} point={point} />}
    </div>
  );
}

/** The settings of the backup itself, which the restore begins with. */
function AsBackedUp({ point }: { point: BackupPoint }) {
  return (
    <Summary
      columns={3}
      items={[
        { label: 'Backed up from', value: point.source.name },
        {
          label: 'Paths',
          value: <span className="wrap-anywhere font-mono text-sm">{point.paths.join(', ')}</span>,
        },
        {
          label: 'Left out by its backup',
          value:
            point.excludes.length > 0 ? (
              <span className="wrap-anywhere font-mono text-sm">{point.excludes.join(', ')}</span>
            ) : (
              'Nothing'
            ),
        },
      ]}
    />
  );
}

const article = (noun: string) => (/^[aeiou]/.test(noun) ? 'an' : 'a');
const wordsFor = (item: string, what: string) =>
  item === 'file' ? what : what.replace(/\bA file\b/g, `${article(item) === 'an' ? 'An' : 'A'} ${item}`);

export function SettingsReview({ ui, draft }: Pick<SettingsStepProps, 'ui' | 'draft'>) {
  const options = ui.summariseOptions?.(draft) ?? [];
  const { word, what } = conflictWords[draft.conflictPolicy];
  return (
    <div className="flex flex-col gap-3">
      {ui.conflictPolicies.length > 0 && (
        <p>
          <span className="font-medium">{word}.</span> {wordsFor(ui.item, what)}
        </p>
      )}
      {options.length > 0 && <Summary columns={3} items={options} />}
    </div>
  );
}
