'use client';

import { useQuery } from '@tanstack/react-query';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { fileSystemsQuery } from '@/lib/file-systems/query';
import type { FileSystemKind } from '@/lib/file-systems/schemas';
import { type KindFieldsProps, type KindForm, textOf } from './kind-fields';

function FileSystemField({
  kind,
  region,
  config,
  onConfigChange,
  errors,
  isEditing,
}: KindFieldsProps & { kind: FileSystemKind }) {
  const known = useQuery(fileSystemsQuery(region, kind));
  const options = known.data?.items.map(({ id, name, check }) => ({
    value: id,
    label: name,
    description:
      check.state === 'ok' ? id : (check.message ?? 'It could not be read when it was last looked at.'),
  }));
  const chosen = textOf(config.fileSystemId);
  if (options?.length === 0 && !isEditing) {
    return (
      <Callout kind="info" title="No file system is registered here">
        The operator of this installation mounts file systems on the engine’s machines and registers them for
        this account. Ask for one, or choose another region.
      </Callout>
    );
  }
  return (
    <Field
      label="File system"
      error={errors.fileSystemId}
      hint={isEditing ? 'It says which data source this is and cannot be changed.' : undefined}
      isRequired={!isEditing}
    >
      <Select
        value={chosen || undefined}
        onValueChange={(fileSystemId) => onConfigChange({ fileSystemId })}
        placeholder={known.data ? 'Choose a file system' : 'Loading…'}
        options={options ?? []}
        isDisabled={isEditing}
      />
    </Field>
  );
}

export const nasForm: KindForm = {
  Fields: (props) => <FileSystemField {...props} kind="nas" />,
  config: { fileSystemId: '' },
  purpose: 'Files of a file system that is mounted in the region. The engine reads them.',
};

export const cpfsForm: KindForm = {
  Fields: (props) => <FileSystemField {...props} kind="cpfs" />,
  config: { fileSystemId: '' },
  purpose: 'Files of a parallel file system, read many at a time. The engine reads them.',
};
