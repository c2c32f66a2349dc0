'use client';

import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { SummaryItem } from '@/components/ui/summary';
import type { Answers } from '../draft';

type Given = Answers['hana'];
interface Props {
  given: Given;
  change: (part: Partial<Given>) => void;
}

/** What the chosen recovery mode asks for. */
export function ModeFields({ given, change }: Props) {
  switch (given.mode) {
    case 'point_in_time':
      return (
        <Field
          label="Moment"
          hint="By your clock. It lies between the data backup and the newest log."
          isRequired
          className="max-w-72"
        >
          <Input
            type="datetime-local"
            step={1}
            value={given.recoverTo ? toLocal(given.recoverTo) : ''}
            onChange={(event) => change({ recoverTo: fromLocal(event.target.value) })}
          />
        </Field>
      );
    case 'specific_backup':
      return <SpecificBackup given={given} change={change} />;
    case 'log_position':
      return (
        <div className="grid max-w-140 gap-3 sm:grid-cols-2">
          <NumberField
            label="Log position"
            value={given.logPosition}
            onChange={(logPosition) => change({ logPosition })}
          />
          <NumberField label="Volume" value={given.volumeId} onChange={(volumeId) => change({ volumeId })} />
        </div>
      );
    default:
      return null;
  }
}

function SpecificBackup({ given, change }: Props) {
  return (
    <div className="flex max-w-140 flex-col gap-4">
      <Checkbox
        checked={given.shouldUseCatalog}
        onCheckedChange={(checked) => change({ shouldUseCatalog: checked === true })}
        label="Find it in the backed up catalog"
        description="Else HANA is told the prefix of the backup and looks at nothing else."
      />
      <Field
        label="Backup prefix"
        hint="The prefix that the data backup was made under. Empty for the chosen point’s own."
        isRequired={!given.shouldUseCatalog}
        isOptional={given.shouldUseCatalog}
      >
        <Input
          value={given.backupPrefix ?? ''}
          onChange={(event) => change({ backupPrefix: event.target.value || null })}
          spellCheck={false}
          className="font-mono"
        />
      </Field>
    </div>
  );
}

const switches = [
  {
    key: 'shouldUseDelta',
    label: 'Use delta backups',
    description: 'Differential and incremental backups, where there are any. Else logs alone are replayed.',
  },
  {
    key: 'shouldCheckAccess',
    label: 'Check access first',
    description: 'HANA stops before anything is changed when a backup it needs is missing.',
  },
  {
    key: 'shouldClearLog',
    label: 'Clear the log area',
    description: 'What is in it and in no log backup is lost. A system copy always does.',
  },
] as const;

/** A recovery of one backup has none of these: it uses that backup alone, and clears the log. */
export function HanaSwitches({ given, change }: Props) {
  if (given.mode === 'specific_backup') return null;
  return (
    <div className="flex max-w-140 flex-col gap-3">
      {switches.map(({ key, label, description }) => (
        <Checkbox
          key={key}
          checked={given[key]}
          onCheckedChange={(checked) => change({ [key]: checked === true })}
          label={label}
          description={description}
        />
      ))}
    </div>
  );
}

export function switchesOf(given: Given): SummaryItem[] {
  if (given.mode === 'specific_backup')
    return [{ label: 'Catalog', value: given.shouldUseCatalog ? 'Used' : 'Not used' }];
  return switches.map(({ key, label }) => ({ label, value: given[key] ? 'Yes' : 'No' }));
}

function NumberField(props: {
  label: string;
  value: number | null;
  onChange: (value: number | null) => void;
}) {
  return (
    <Field label={props.label} isRequired>
      <Input
        type="number"
        min={0}
        value={props.value === null ? '' : String(props.value)}
        onChange={(event) => props.onChange(event.target.value === '' ? null : Number(event.target.value))}
      />
    </Field>
  );
}

/** As an `<input type="datetime-local">` has it, by the reader's clock. */
function toLocal(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function fromLocal(text: string): string | null {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
