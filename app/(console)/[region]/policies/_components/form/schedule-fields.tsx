'use client';

import { useId } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { Field, FieldGroup } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { Rhythm, RuleDraft } from './rule-draft';
import type { RuleEditorProps } from './rule-editor';

const rhythms: { value: Rhythm; label: string; description: string }[] = [
  { value: 'daily', label: 'Every day', description: 'At one time of the day.' },
  { value: 'weekly', label: 'On days of the week', description: 'At one time, on the days you choose.' },
  { value: 'monthly', label: 'Once a month', description: 'On one day of the month.' },
  {
    value: 'interval',
    label: 'At an interval',
    description: 'Every so many hours, days or weeks from its start.',
  },
  { value: 'cron', label: 'By a cron expression', description: 'For anything else.' },
];
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].map((label, index) => ({
  label,
  day: (index + 1) % 7,
}));

export function ScheduleFields(props: RuleEditorProps) {
  const { rule, problems, onChange } = props;
  const zones = useId();
  return (
    <FieldGroup legend="Schedule">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Runs" isRequired>
          <Select
            value={rule.rhythm}
            onValueChange={(rhythm) => onChange({ rhythm: rhythm as Rhythm })}
            options={rhythms}
          />
        </Field>
        <RhythmFields {...props} />
        <Field
          label="Time zone"
          hint="The times are those of its wall clock, also when clocks change."
          error={problems.timeZone}
          isRequired
        >
          <Input
            value={rule.timeZone}
            list={zones}
            spellCheck={false}
            onChange={(event) => onChange({ timeZone: event.target.value })}
          />
        </Field>
        <datalist id={zones}>
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <Field
          label="Start"
          hint={
            rule.rhythm === 'interval'
              ? 'The first run, by your clock; intervals count from it. Empty: now.'
              : 'No run before it, by your clock. Empty: now.'
          }
          error={problems.start}
          isOptional
        >
          <Input
            type="datetime-local"
            value={rule.start}
            onChange={(event) => onChange({ start: event.target.value })}
          />
        </Field>
      </div>
    </FieldGroup>
  );
}

function RhythmFields(props: RuleEditorProps) {
  const { rule, problems, onChange } = props;
  switch (rule.rhythm) {
    case 'daily':
      return <TimeField {...props} />;
    case 'weekly':
      return (
        <>
          <TimeField {...props} />
          <Weekdays rule={rule} error={problems.weekdays} onChange={onChange} />
        </>
      );
    case 'monthly':
      return (
        <>
          <TimeField {...props} />
          <Field
            label="Day of the month"
            hint="A month without this day is passed over."
            error={problems.dayOfMonth}
            isRequired
          >
            <Select
              value={rule.dayOfMonth}
              onValueChange={(dayOfMonth) => onChange({ dayOfMonth })}
              options={Array.from({ length: 31 }, (_, index) => ({
                value: String(index + 1),
                label: String(index + 1),
              }))}
            />
          </Field>
        </>
      );
    case 'interval':
      return <IntervalFields {...props} />;
    case 'cron':
      return (
        <Field
          label="Cron expression"
          hint="Minute, hour, day of the month, month, day of the week. At most once an hour."
          error={problems.expression}
          isRequired
        >
          <Input
            value={rule.expression}
            spellCheck={false}
            className="font-mono"
            onChange={(event) => onChange({ expression: event.target.value })}
          />
        </Field>
      );
  }
}

function TimeField({ rule, problems, onChange }: RuleEditorProps) {
  return (
    <Field label="Time" error={problems.time} isRequired>
      <Input
        type="time"
        value={rule.time}
        className="tabular-nums"
        onChange={(event) => onChange({ time: event.target.value })}
      />
    </Field>
  );
}

interface WeekdaysProps {
  rule: RuleDraft;
  error?: string;
  onChange: RuleEditorProps['onChange'];
}

function Weekdays({ rule, error, onChange }: WeekdaysProps) {
  const toggle = (day: number, isOn: boolean) =>
    onChange({ weekdays: isOn ? [...rule.weekdays, day] : rule.weekdays.filter((other) => other !== day) });
  return (
    <FieldGroup legend="Days" error={error} className="sm:col-span-2">
      <div className="flex flex-wrap gap-x-5 gap-y-2">
        {weekdays.map(({ label, day }) => (
          <Checkbox
            key={day}
            label={label}
            checked={rule.weekdays.includes(day)}
            onCheckedChange={(isOn) => toggle(day, isOn === true)}
          />
        ))}
      </div>
    </FieldGroup>
  );
}

function IntervalFields({ rule, problems, onChange }: RuleEditorProps) {
  return (
    <div className="grid grid-cols-2 gap-3">
      <Field label="Every" error={problems.every} isRequired>
        <Input
          inputMode="numeric"
          value={rule.every}
          className="tabular-nums"
          onChange={(event) => onChange({ every: event.target.value })}
        />
      </Field>
      <Field label="Unit" isRequired>
        <Select
          value={rule.unit}
          onValueChange={(unit) => onChange({ unit: unit as RuleDraft['unit'] })}
          options={[
            { value: 'hour', label: 'Hours' },
            { value: 'day', label: 'Days' },
            { value: 'week', label: 'Weeks' },
          ]}
        />
      </Field>
    </div>
  );
}
