'use client';

import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { AccessKeyFields } from './access-key-fields';
import { type KindFieldsProps, type KindForm, textOf } from './kind-fields';
import { TextField } from './text-field';

const presets = [
  { value: 'oss', label: 'Alibaba Cloud OSS' },
  { value: 'aws', label: 'Amazon S3' },
  { value: 'minio', label: 'MinIO' },
  { value: 'radosgw', label: 'Ceph' },
];

function Fields(props: KindFieldsProps) {
  const { config, onConfigChange, errors, isEditing } = props;
  const text = { values: config, onChange: onConfigChange };
  return (
    <>
      <Field label="Service" error={errors.preset} isRequired>
        <Select
          value={textOf(config.preset)}
          onValueChange={(preset) => onConfigChange({ preset })}
          options={presets}
        />
      </Field>
      <TextField
        {...text}
        name="endpoint"
        label="Endpoint"
        placeholder="https://oss-cn-hangzhou.aliyuncs.com"
        error={errors.endpoint}
      />
      <TextField
        {...text}
        name="storageRegion"
        label="Region of the service"
        placeholder="cn-hangzhou"
        hint="As its requests are signed with it."
        error={errors.storageRegion}
      />
      <TextField {...text} name="bucket" label="Bucket" error={errors.bucket} isFixed={isEditing} />
      <AccessKeyFields {...props} />
    </>
  );
}

export const ossForm: KindForm = {
  Fields,
  config: { preset: 'oss', endpoint: '', storageRegion: '', bucket: '' },
  secret: { accessKeyId: '', accessKeySecret: '' },
  purpose:
    'Objects of a bucket with their keys, metadata and tags. The engine reads them over the S3 protocol.',
};
