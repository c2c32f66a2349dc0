'use client';

import type { KindFieldsProps, KindForm } from './kind-fields';
import { TextField } from './text-field';

function Fields({ config, onConfigChange, errors, isEditing }: KindFieldsProps) {
  return (
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
  );
}

export const commonNasForm: KindForm = {
  Fields,
  config: { mountPath: '' },
  purpose: 'An NFS or SMB export that is mounted on a host. The backup client of that host reads it.',
};
