'use client';

import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { answer, type RestoreDraft } from '../draft';
import type { KindFieldsProps, RestoreKindUi } from './kind';
import { PlaceButtons, whereTo } from './place-buttons';

function FileSystemFields({ draft, onChange, point }: KindFieldsProps) {
  const { path } = draft.answers.file_system;
  const change = (value: string) => onChange(answer(draft, 'file_system', { path: value }));
  return (
    <div className="flex flex-col gap-2">
      <Field
        label="Folder"
        hint="From the root of the file system; it is made if it is not there. The files keep their folders below it."
        isRequired
      >
        <Input
          value={path}
          onChange={(event) => change(event.target.value)}
          placeholder="/"
          spellCheck={false}
          autoCapitalize="none"
          className="font-mono"
        />
      </Field>
      <PlaceButtons
        choices={[
          { label: 'A folder of its own', value: '/restore' },
          { label: 'The original place', value: '/' },
        ]}
        onChoose={change}
        outcome={whereTo(point?.paths[0], path.trim())}
      />
    </div>
  );
}

export const fileSystemKind = {
  Fields: FileSystemFields,
  Options: null,
  item: 'file',
  conflictPolicies: ['keep_both', 'skip', 'only_if_newer', 'overwrite'],
  toTarget: (draft, place) => ({
    kind: 'file_system',
    sourceId: place.sourceId ?? '',
    path: draft.answers.file_system.path.trim(),
  }),
  checkFields: (draft: RestoreDraft) => {
    const path = draft.answers.file_system.path.trim();
    if (!path.startsWith('/')) return ['Begin the folder with a slash: / is the root of the file system.'];
    return path.split('/').includes('..') ? ['Write the way down from the root, without "..".'] : [];
  },
  summarise: (draft: RestoreDraft) => [
    {
      label: 'Folder',
      value: <span className="wrap-anywhere font-mono">{draft.answers.file_system.path.trim()}</span>,
    },
  ],
} satisfies Partial<RestoreKindUi>;
