'use client';

import { DatabaseZap } from 'lucide-react';
import { Callout } from '@/components/ui/callout';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Time } from '@/components/ui/quantities';
import { RadioCards } from '@/components/ui/radio-cards';
import { missingOfRecovery } from '@/lib/jobs/schemas';
import { type Answers, answer, type RestoreDraft } from '../draft';
import { HanaSwitches, ModeFields, switchesOf } from './hana-mode-fields';
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
      <ModeFields given={given} change={change} />
      <HanaSwitches given={given} change={change} />
      <Callout kind="info" title="What the restore does, and what is left for HANA">
        It makes the backups of this database available to the Backint agent of the instance and shows the
        statements to run. HANA then reads its backups through the agent. Where the host’s own parameter file
        names a command, that one is run with the statements.
      </Callout>
    </div>
  );
}

function checkMode({ answers }: RestoreDraft): string[] {
  return Object.values(missingOfRecovery(answers.hana));
}

/** Of the point: whose backups they are; and what they are recovered as. */
function DatabaseFields({ draft, onChange, point }: KindFieldsProps) {
  const given = draft.answers.hana;
  const change = (part: Partial<Answers['hana']>) => onChange(answer(draft, 'hana', part));
  return (
    <div className="flex max-w-140 flex-col gap-4">
      {point?.hana && (
        <p className="text-muted text-sm">
          Backups of <span className="font-mono text-ink">{point.hana.user}</span>
        </p>
      )}
      <Field label="Database to recover" hint="Empty for the one of the same name." isOptional>
        <Input
          value={given.databaseName ?? ''}
          placeholder={point?.hana?.user.split('@')[0] ?? 'HXE'}
          onChange={(event) => change({ databaseName: event.target.value.trim() || null })}
          spellCheck={false}
          className="font-mono"
        />
      </Field>
      <Checkbox
        checked={given.isSystemCopy}
        onCheckedChange={(checked) => change({ isSystemCopy: checked === true })}
        label="System copy"
        description="The instance or the database is another one than the backups are of. HANA is told the source, and its log area is emptied."
      />
    </div>
  );
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
      how: 'Enrol the host as <sid>adm and run “crossvault hana setup” on it: it sets the Backint agent of the instance up.',
    },
    {
      title: 'The instance registered as a data source',
      how: 'Register its system id and instance number under Data sources.',
    },
  ],
  place: 'an SAP HANA instance',
  register: { label: 'Register an instance', section: 'data-sources', search: 'register=hana' },
  item: 'object',
  Fields: DatabaseFields,
  Options: HanaOptions,
  conflictPolicies: [],
  toTarget: ({ answers }, place) => ({ ...answers.hana, kind: 'hana', sourceId: place.sourceId ?? '' }),
  checkFields: () => [],
  checkOptions: checkMode,
  summarise: ({ answers: { hana: given } }) => [
    ...(given.databaseName ? [{ label: 'Database', value: given.databaseName }] : []),
    { label: 'System copy', value: given.isSystemCopy ? 'Yes' : 'No' },
  ],
  summariseOptions: ({ answers: { hana: given } }) => [
    { label: 'Recovery', value: modes[given.mode].word },
    ...(given.mode === 'point_in_time' ? [{ label: 'Moment', value: <Time at={given.recoverTo} /> }] : []),
    ...(given.backupPrefix && given.mode === 'specific_backup'
      ? [{ label: 'Backup prefix', value: given.backupPrefix }]
      : []),
    ...(given.mode === 'log_position'
      ? [
          { label: 'Log position', value: given.logPosition },
          { label: 'Volume', value: given.volumeId },
        ]
      : []),
    ...switchesOf(given),
  ],
};
