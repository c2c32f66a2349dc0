'use client';

import { Table2 } from 'lucide-react';
import { useState } from 'react';
import { Field, FieldGroup } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioCards } from '@/components/ui/radio-cards';
import { Switch } from '@/components/ui/switch';
import { answer, type RestoreDraft } from '../draft';
import type { KindFieldsProps, RestoreKindUi } from './kind';
import { useTables } from './use-tables';

const tableName = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

function TablestoreFields({ draft, onChange, point }: KindFieldsProps) {
  const { tables } = draft.answers.tablestore;
  const [isOther, setIsOther] = useState(tables.length > 0);
  const found = useTables(point?.id ?? null);
  const setTables = (next: typeof tables) => onChange(answer(draft, 'tablestore', { tables: next }));
  const choose = (value: string) => {
    setIsOther(value === 'other');
    setTables(value === 'other' ? found.names.map((from) => ({ from, to: `${from}_restored` })) : []);
  };
  const rename = (from: string, to: string) =>
    setTables(
      found.names.map((name) => ({
        from: name,
        to: name === from ? to : (tables.find((table) => table.from === name)?.to ?? name),
      })),
    );
  return (
    <div className="flex flex-col gap-4">
      <FieldGroup legend="Tables to restore into">
        <RadioCards
          label="Tables to restore into"
          columns={2}
          value={isOther ? 'other' : 'original'}
          onValueChange={choose}
          options={[
            {
              value: 'original',
              label: 'The original tables',
              description: 'Each table under its own name; one that is not there is made.',
            },
            {
              value: 'other',
              label: 'Other tables',
              description: 'Each table under a name that you give it.',
              disabledReason:
                found.error ?? (found.isPending ? 'The tables of the point are being read.' : null),
            },
          ]}
        />
      </FieldGroup>
      {isOther && (
        <div className="grid gap-3 sm:grid-cols-2">
          {found.names.map((name) => (
            <Field key={name} label={<span className="wrap-anywhere font-mono">{name}</span>}>
              <Input
                value={tables.find(({ from }) => from === name)?.to ?? name}
                onChange={(event) => rename(name, event.target.value)}
                spellCheck={false}
                autoCapitalize="none"
                className="font-mono"
              />
            </Field>
          ))}
        </div>
      )}
    </div>
  );
}

function TablestoreOptions({ draft, onChange }: KindFieldsProps) {
  const { overwriteExisting, autoIncrement, batchChannels } = draft.answers.tablestore;
  return (
    <div className="flex flex-col gap-4">
      <Switch
        label="Overwrite rows that exist"
        description="A row of the same primary key is replaced by the one from the backup. Off, it stays as it is."
        checked={overwriteExisting}
        onCheckedChange={(isOn) => onChange(answer(draft, 'tablestore', { overwriteExisting: isOn }))}
      />
      <FieldGroup legend="Numbers of auto-increment columns">
        <RadioCards
          label="Numbers of auto-increment columns"
          columns={2}
          value={autoIncrement}
          onValueChange={(value) =>
            onChange(answer(draft, 'tablestore', { autoIncrement: value as typeof autoIncrement }))
          }
          options={[
            {
              value: 'keep',
              label: numberWords.keep,
              description: 'Tablestore takes them for rows that exist. Rows that it refuses are reported.',
            },
            {
              value: 'renumber',
              label: numberWords.renumber,
              description: 'In the same order. What refers to the old numbers does not find them.',
            },
          ]}
        />
      </FieldGroup>
      <Field
        label="Batch channels"
        hint="Batches written at the same time, 1 to 16. More restore faster and load the instance more."
        className="max-w-60"
      >
        <Input
          type="number"
          min={1}
          max={16}
          value={String(batchChannels)}
          onChange={(event) =>
            onChange(answer(draft, 'tablestore', { batchChannels: Number(event.target.value) }))
          }
        />
      </Field>
    </div>
  );
}

const numberWords = { keep: 'Keep the numbers', renumber: 'Give new numbers' } as const;

function checkTables({ answers }: RestoreDraft): string[] {
  const { tables } = answers.tablestore;
  const bad = tables.find(({ to }) => !tableName.test(to));
  if (bad)
    return [
      `${bad.to || 'An empty name'} cannot name a table: up to 255 letters, digits and _, not beginning with a digit.`,
    ];
  const targets = tables.map(({ to }) => to);
  const twice = targets.find((name, at) => targets.indexOf(name) !== at);
  return twice ? [`Two tables cannot go to ${twice}.`] : [];
}

export const tablestore: RestoreKindUi = {
  title: 'Tablestore',
  description: 'Tables with their keys, rows and versions',
  icon: Table2,
  needs: [
    {
      title: 'A Tablestore instance in the region of the vault',
      how: 'Create the instance that receives the tables, in the region where the replication target vault lies.',
    },
    {
      title: 'The instance registered as a data source',
      how: 'Register it with an access key that may create tables and write rows.',
    },
  ],
  place: 'a Tablestore instance',
  register: { label: 'Register an instance', section: 'data-sources', search: 'register=tablestore' },
  item: 'row',
  Fields: TablestoreFields,
  Options: TablestoreOptions,
  conflictPolicies: [],
  toTarget: ({ answers }, place) => ({
    ...answers.tablestore,
    kind: 'tablestore',
    sourceId: place.sourceId ?? '',
  }),
  checkFields: checkTables,
  checkOptions: ({ answers }) => {
    const { batchChannels } = answers.tablestore;
    return Number.isInteger(batchChannels) && batchChannels >= 1 && batchChannels <= 16
      ? []
      : ['Enter 1 to 16 batch channels.'];
  },
  summarise: ({ answers: { tablestore: given } }) => [
    {
      label: 'Tables',
      isWide: given.tables.length > 0,
      value:
        given.tables.length === 0
          ? 'The original tables'
          : given.tables.map(({ from, to }) => (
              <span key={from} className="wrap-anywhere block font-mono text-sm">
                {from} → {to}
              </span>
            )),
    },
  ],
  summariseOptions: ({ answers: { tablestore: given } }) => [
    { label: 'Rows that exist', value: given.overwriteExisting ? 'Overwritten' : 'Stay as they are' },
    { label: 'Auto-increment columns', value: numberWords[given.autoIncrement] },
    { label: 'Batch channels', value: given.batchChannels },
  ],
};
