'use client';

import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { AccessKeyFields } from './access-key-fields';
import { BucketChoice } from './bucket-choice';
import { type KindFieldsProps, type KindForm, textOf } from './kind-fields';
import { ossServices, serviceOf } from './oss-services';
import { PatternField } from './pattern-field';
import { TextField } from './text-field';

const services = Object.entries(ossServices).map(([value, { label }]) => ({ value, label }));

function Fields(props: KindFieldsProps) {
  const { config, onConfigChange, errors, isEditing } = props;
  const service = serviceOf(props);
  const text = { values: config, onChange: onConfigChange };
  return (
    <>
      <Field label="Service" error={errors.preset} isRequired>
        <Select
          value={textOf(config.preset)}
          onValueChange={(preset) => onConfigChange({ preset, listsVersions: false })}
          options={services}
        />
      </Field>
      <TextField
        {...text}
        name="endpoint"
        label="Endpoint"
        placeholder={service.endpoint}
        hint={service.endpointHint}
        error={errors.endpoint}
      />
      <TextField
        {...text}
        name="storageRegion"
        label="Region of the service"
        placeholder={service.storageRegion}
        hint="As its requests are signed with it."
        error={errors.storageRegion}
      />
      <AccessKeyFields {...props} />
      <TextField {...text} name="bucket" label="Bucket" error={errors.bucket} isFixed={isEditing} />
      {!isEditing && <BucketChoice {...props} />}
      <PatternField
        {...text}
        name="includes"
        label="Only these objects"
        hint="One pattern a line, for example *.parquet or /photos/. Without one, all objects of the bucket."
        errors={errors}
      />
      <PatternField
        {...text}
        name="excludes"
        label="Not these objects"
        hint="One pattern a line, for example *.tmp or /cache/. They win over the patterns above."
        errors={errors}
      />
      <Switch
        label="List older versions"
        description={
          service.hasVersions
            ? 'Keeps which versions of each object exist. Their bytes are not backed up: the current object is.'
            : 'This service does not list versions over the S3 protocol.'
        }
        checked={config.listsVersions === true}
        disabled={!service.hasVersions}
        onCheckedChange={(listsVersions) => onConfigChange({ listsVersions })}
      />
    </>
  );
}

export const ossForm: KindForm = {
  Fields,
  config: {
    preset: 'oss',
    endpoint: '',
    storageRegion: '',
    bucket: '',
    includes: [],
    excludes: [],
    listsVersions: false,
  },
  secret: { accessKeyId: '', accessKeySecret: '' },
  purpose:
    'Objects of a bucket with their keys, metadata and tags. The engine reads them over the S3 protocol.',
};
