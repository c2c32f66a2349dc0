'use client';

import { AccessKeyFields } from './access-key-fields';
import type { KindFieldsProps, KindForm } from './kind-fields';
import { TextField } from './text-field';

function Fields(props: KindFieldsProps) {
  const { config, onConfigChange, errors, isEditing } = props;
  const text = { values: config, onChange: onConfigChange };
  return (
    <>
      <TextField
        {...text}
        name="endpoint"
        label="Endpoint"
        placeholder="https://instance.cn-hangzhou.ots.aliyuncs.com"
        error={errors.endpoint}
      />
      <TextField {...text} name="instance" label="Instance" error={errors.instance} isFixed={isEditing} />
      <AccessKeyFields {...props} />
    </>
  );
}

export const tablestoreForm: KindForm = {
  Fields,
  config: { endpoint: '', instance: '' },
  secret: { accessKeyId: '', accessKeySecret: '' },
  purpose: 'Tables of an instance with their keys, versions and time to live. The engine reads them.',
};
