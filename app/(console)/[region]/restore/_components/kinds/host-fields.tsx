'use client';

import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { RestoreDestination } from '@/lib/restores/schemas';
import { answer, type RestoreDraft } from '../draft';
import type { KindFieldsProps, RestoreKindUi } from './kind';
import { PlaceButtons, whereTo } from './place-buttons';

function HostFields({ draft, onChange, destination, point }: KindFieldsProps) {
  const { targetPath } = draft.answers.host;
  const change = (value: string) => onChange(answer(draft, 'host', { targetPath: value }));
  const isWindows = /^win/i.test(destination?.platform ?? '');
  return (
    <div className="flex flex-col gap-2">
      <Field
        label="Target path"
        hint="The whole path of a folder on the host; it is made if it is not there. The files keep their folders below it."
        isRequired
      >
        <Input
          value={targetPath}
          onChange={(event) => change(event.target.value)}
          placeholder={isWindows ? 'C:\\restore' : '/restore'}
          spellCheck={false}
          autoCapitalize="none"
          className="font-mono"
        />
      </Field>
      {!isWindows && (
        <PlaceButtons
          choices={[
            { label: 'A folder of its own', value: '/restore' },
            { label: 'The original place', value: '/' },
          ]}
          onChoose={change}
          outcome={whereTo(point?.paths[0], targetPath.trim())}
        />
      )}
    </div>
  );
}

function isAbsolute(path: string, platform: string): boolean {
  return /^win/i.test(platform) ? /^(?:[A-Za-z]:[\\/]|\\\\)/.test(path) : path.startsWith('/');
}

/** What all kinds share that are written to a folder of a host. */
export const hostKind = {
  Fields: HostFields,
  Options: null,
  conflictPolicies: ['keep_both', 'skip', 'only_if_newer', 'overwrite'],
  toTarget: (draft: RestoreDraft) => ({
    kind: 'host' as const,
    targetPath: draft.answers.host.targetPath.trim(),
  }),
  checkFields: (draft: RestoreDraft, place: RestoreDestination) => {
    const path = draft.answers.host.targetPath.trim();
    if (!path) return ['Enter the target path.'];
    return isAbsolute(path, place.platform)
      ? []
      : ['Write the whole target path, from the root of the host.'];
  },
  summarise: (draft: RestoreDraft) => [
    {
      label: 'Target path',
      value: <span className="wrap-anywhere font-mono">{draft.answers.host.targetPath.trim()}</span>,
    },
  ],
} satisfies Partial<RestoreKindUi>;
