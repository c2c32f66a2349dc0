'use client';

import { Cylinder } from 'lucide-react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { answer } from '../draft';
import type { KindFieldsProps, RestoreKindUi } from './kind';
import { PlaceButtons } from './place-buttons';

function OssFields({ draft, onChange }: KindFieldsProps) {
  const { prefix } = draft.answers.oss;
  const change = (value: string) => onChange(answer(draft, 'oss', { prefix: value }));
  return (
    <div className="flex flex-col gap-2">
      <Field
        label="Prefix"
        hint="Put before each key as it is: end it with a slash for a folder. Empty restores each object under its own key."
        isOptional
      >
        <Input
          value={prefix}
          onChange={(event) => change(event.target.value)}
          placeholder="restored/"
          spellCheck={false}
          autoCapitalize="none"
          className="font-mono"
        />
      </Field>
      <PlaceButtons
        choices={[
          { label: 'A folder of its own', value: 'restored/' },
          { label: 'The original keys', value: '' },
        ]}
        onChoose={change}
        outcome={`photos/a.jpg becomes ${prefix}photos/a.jpg`}
      />
    </div>
  );
}

export const oss: RestoreKindUi = {
  title: 'OSS',
  description: 'The objects of a bucket',
  icon: Cylinder,
  needs: [
    {
      title: 'A bucket in the region of the vault',
      how: 'Create the bucket that receives the objects, in the region where the replication target vault lies.',
    },
    {
      title: 'The bucket registered as a data source',
      how: 'Register it with an access key that may write objects; the region’s engine checks that it can be reached.',
    },
  ],
  place: 'a bucket',
  register: { label: 'Register a bucket', section: 'data-sources', search: 'register=oss' },
  item: 'object',
  Fields: OssFields,
  Options: null,
  conflictPolicies: ['skip', 'only_if_newer', 'keep_both', 'overwrite'],
  toTarget: (draft, place) => ({
    kind: 'oss',
    sourceId: place.sourceId ?? '',
    prefix: draft.answers.oss.prefix,
  }),
  checkFields: ({ answers }) =>
    answers.oss.prefix.startsWith('/') ? ['A prefix does not begin with a slash.'] : [],
  summarise: ({ answers }) => [
    {
      label: 'Prefix',
      value: answers.oss.prefix ? (
        <span className="wrap-anywhere font-mono">{answers.oss.prefix}</span>
      ) : (
        'None: the original keys'
      ),
    },
  ],
};
