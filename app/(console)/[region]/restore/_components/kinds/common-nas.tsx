'use client';

import { HardDrive } from 'lucide-react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { isInsideMount } from '@/lib/restores/rules';
import { answer } from '../draft';
import { hostKind } from './host-fields';
import type { KindFieldsProps, RestoreKindUi } from './kind';
import { PlaceButtons, whereTo } from './place-buttons';

function NasFolder({ draft, onChange, destination, point }: KindFieldsProps) {
  const { targetPath } = draft.answers.host;
  const mount = destination?.place ?? '';
  const change = (value: string) => onChange(answer(draft, 'host', { targetPath: value }));
  return (
    <div className="flex flex-col gap-2">
      <Field
        label="Target path"
        hint={
          mount
            ? `A folder below ${mount}, where this NAS is mounted. Nothing is written while it is not mounted.`
            : 'A folder below the place where the NAS is mounted.'
        }
        isRequired
      >
        <Input
          value={targetPath}
          onChange={(event) => change(event.target.value)}
          placeholder={mount ? `${mount}/restore` : '/mnt/nas/restore'}
          spellCheck={false}
          autoCapitalize="none"
          className="font-mono"
        />
      </Field>
      {mount && (
        <PlaceButtons
          choices={[
            { label: 'A folder of its own', value: `${mount.replace(/\/+$/, '')}/restore` },
            { label: 'The top of the NAS', value: mount },
          ]}
          onChoose={change}
          outcome={whereTo(point?.paths[0], targetPath.trim())}
        />
      )}
    </div>
  );
}

export const commonNas: RestoreKindUi = {
  ...hostKind,
  title: 'On-premises NAS',
  description: 'An NFS or SMB export that is mounted on a host of yours',
  icon: HardDrive,
  needs: [
    {
      title: 'An on-premises NAS file system',
      how: 'Make the export that receives the files and mount it on a host, with room for them.',
    },
    {
      title: 'A backup client on that host',
      how: 'Install the client to run the restore, and keep it online.',
    },
    {
      title: 'The NAS registered as a data source',
      how: 'Register the folder where it is mounted. The client checks that it is really mounted before it writes.',
    },
  ],
  place: 'a registered NAS',
  register: { label: 'Register a NAS', section: 'data-sources', search: 'register=common_nas' },
  item: 'file',
  Fields: NasFolder,
  toTarget: (draft, place) => ({
    kind: 'host',
    targetPath: draft.answers.host.targetPath.trim(),
    sourceId: place.sourceId ?? '',
  }),
  checkFields: (draft, place) => {
    const path = draft.answers.host.targetPath.trim();
    if (!path) return ['Enter the target path.'];
    return isInsideMount(place.place, path)
      ? []
      : [`Choose a folder below ${place.place}, where this NAS is mounted.`];
  },
};
