'use client';

import type { KindFieldsProps, KindForm } from './kind-fields';
import { TextField } from './text-field';

function Fields({ config, onConfigChange, errors, isEditing }: KindFieldsProps) {
  return (
    <>
      <TextField
        name="mountPath"
        label="Mounted at"
        values={config}
        onChange={onConfigChange}
        placeholder="/mnt/nas"
        hint="The folder of the host where the export is mounted. It is never backed up while nothing is mounted there."
        error={errors.mountPath}
        isFixed={isEditing}
      />
      <TextField
        name="mountSource"
        label="Export"
        values={config}
        onChange={onConfigChange}
        placeholder="nas.example.com:/export"
        hint="As the host’s mount table calls it. Empty: what is mounted there at the first look has to be there ever after."
        error={errors.mountSource}
        isOptional
      />
    </>
  );
}

export const commonNasForm: KindForm = {
  Fields,
  config: { mountPath: '', mountSource: '' },
  purpose: 'An NFS or SMB export that is mounted on a host. The backup client of that host reads it.',
};
