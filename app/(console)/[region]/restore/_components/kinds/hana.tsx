'use client';

import { DatabaseZap } from 'lucide-react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Time } from '@/components/ui/quantities';
import { RadioCards } from '@/components/ui/radio-cards';
import { type Answers, answer, type RestoreDraft } from '../draft';
import type { KindFieldsProps, RestoreKindUi } from './kind';

type Mode = Answers['hana']['mode'];

const modes: Record<Mode, { word: string; what: string }> = {
  most_recent: {
    word: 'To the most recent state',
    what: 'The newest data backup and every log backup after it.',
  },
  point_in_time: { word: 'To a point in time', what: 'The data backup before it, and the logs up to it.' },
  specific_backup: { word: 'To a specific backup', what: 'One data backup as it is, without logs.' },
  log_position: { word: 'To a log position', what: 'Logs are applied up to a position of one volume.' },
};

function HanaOptions({ draft, onChange }: KindFieldsProps) {
  const given = draft.answers.hana;
  const change = (part: Partial<Answers['hana']>) => onChange(answer(draft, 'hana', part));
  return (
    <div className="flex flex-col gap-4">
      <RadioCards
        label="Recovery mode"
        columns={2}
        value={given.mode}
        onValueChange={(mode) => change({ mode: mode as Mode })}
        options={Object.entries(modes).map(([value, { word, what }]) => ({
          value,
          label: word,
          description: what,
        }))}
      />
      {given.mode === 'point_in_time' && (
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
      )}
      {given.mode === 'specific_backup' && (
        <Field
          label="Backup prefix"
          hint="The prefix that the data backup was made under."
          isRequired
          className="max-w-96"
        >
          <Input
            value={given.backupPrefix ?? ''}
            onChange={(event) => change({ backupPrefix: event.target.value || null })}
            spellCheck={false}
            className="font-mono"
          />
        </Field>
      )}
      {given.mode === 'log_position' && (
        <div className="grid max-w-140 gap-3 sm:grid-cols-2">
          <NumberField
            label="Log position"
            value={given.logPosition}
            onChange={(logPosition) => change({ logPosition })}
          />
          <NumberField label="Volume" value={given.volumeId} onChange={(volumeId) => change({ volumeId })} />
        </div>
      )}
    </div>
  );
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

function checkMode({ answers: { hana: given } }: RestoreDraft): string[] {
  switch (given.mode) {
    case 'point_in_time':
      return given.recoverTo ? [] : ['Enter the moment to recover to.'];
    case 'specific_backup':
      return given.backupPrefix ? [] : ['Enter the prefix of the backup.'];
    case 'log_position':
      return given.logPosition === null || given.volumeId === null
        ? ['Enter the log position and its volume.']
        : [];
    default:
      return [];
  }
}

export const hana: RestoreKindUi = {
  title: 'SAP HANA',
  description: 'Databases of an instance, through Backint',
  icon: DatabaseZap,
  needs: [
    {
      title: 'An SAP HANA instance in the region of the vault',
      how: 'Prepare the instance that receives the databases, in the region where the replication target vault lies.',
    },
    {
      title: 'A backup client on its host',
      how: 'Enrol the host and set the client up as the Backint agent of the instance.',
    },
    {
      title: 'The instance registered as a data source',
      how: 'Register its system id and instance number under Data sources.',
    },
  ],
  place: 'an SAP HANA instance',
  register: { label: 'Register an instance', section: 'data-sources', search: 'register=hana' },
  item: 'object',
  Fields: () => null,
  Options: HanaOptions,
  conflictPolicies: [],
  toTarget: ({ answers }, place) => ({ ...answers.hana, kind: 'hana', sourceId: place.sourceId ?? '' }),
  checkFields: () => [],
  checkOptions: checkMode,
  summarise: () => [],
  summariseOptions: ({ answers: { hana: given } }) => [
    { label: 'Recovery', value: modes[given.mode].word },
    ...(given.mode === 'point_in_time' ? [{ label: 'Moment', value: <Time at={given.recoverTo} /> }] : []),
    ...(given.mode === 'specific_backup' ? [{ label: 'Backup prefix', value: given.backupPrefix }] : []),
    ...(given.mode === 'log_position'
      ? [
          { label: 'Log position', value: given.logPosition },
          { label: 'Volume', value: given.volumeId },
        ]
      : []),
  ],
};
