'use client';

import { TextListField } from '@/app/(console)/_components/back-up/text-list-field';
import type { KindFieldsProps, KindForm } from './kind-fields';
import { TextField } from './text-field';

function Fields({ config, onConfigChange, errors, isEditing }: KindFieldsProps) {
  const text = { values: config, onChange: onConfigChange };
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          {...text}
          name="sid"
          label="SID"
          placeholder="HDB"
          error={errors.sid}
          isFixed={isEditing}
        />
        <TextField
          {...text}
          name="instanceNumber"
          label="Instance number"
          placeholder="00"
          error={errors.instanceNumber}
          isFixed={isEditing}
        />
      </div>
      <TextListField
        name="databases"
        label="Databases"
        addLabel="Add database"
        hint="For the console: the agent takes whatever the instance gives it."
        placeholder="SYSTEMDB"
        values={(config.databases as string[] | undefined) ?? []}
        onValuesChange={(databases) => onConfigChange({ databases })}
        errors={errors}
        isOptional
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          {...text}
          name="dataRetentionDays"
          label="Keep data backups, days"
          error={errors.dataRetentionDays}
        />
        <TextField
          {...text}
          name="logRetentionDays"
          label="Keep log backups, days"
          error={errors.logRetentionDays}
        />
      </div>
    </>
  );
}

export const hanaForm: KindForm = {
  Fields,
  config: { sid: '', instanceNumber: '', databases: [], dataRetentionDays: '30', logRetentionDays: '30' },
  purpose: 'Databases of an instance. It starts its backups itself, through the agent on its host.',
};
