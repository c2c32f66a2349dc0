'use client';

import { useQuery } from '@tanstack/react-query';
import { PatternFields } from '@/app/(console)/_components/back-up/pattern-fields';
import { TextListField } from '@/app/(console)/_components/back-up/text-list-field';
import { isRegistered } from '@/app/(console)/_components/sources/source-words';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { Select, type SelectOption } from '@/components/ui/select';
import { clientsQuery } from '@/lib/clients/query';
import { isAbsoluteHostPath } from '@/lib/jobs/rules';
import { bindingRefusal, sourceRefusal } from '@/lib/policies/binding-rules';
import { regionName } from '@/lib/regions/schemas';
import type { SourceKind } from '@/lib/schemas';
import { dataSourcesQuery } from '@/lib/sources/query';
import { type DataSource, findRegisteredKind, sourceKinds } from '@/lib/sources/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import { type Vault, vaultKinds } from '@/lib/vaults/schemas';
import type { BindingDraft } from './binding-draft';

interface BindingFieldsProps {
  region: string;
  binding: BindingDraft;
  onChange: (part: Partial<BindingDraft>) => void;
  errors?: Record<string, string>;
}

/** What is protected and where its points go. What cannot be chosen says why. */
export function BindingFields({ region, binding, onChange, errors = {} }: BindingFieldsProps) {
  const sources = useQuery(dataSourcesQuery());
  const vaults = useQuery(allVaultsQuery());
  const clients = useQuery(clientsQuery());
  const source = sources.data?.items.find(({ id }) => id === binding.sourceId);
  const client = clients.data?.items.find(({ id }) => id === source?.client.id);
  const last = source?.newestPoint?.paths ?? [];
  return (
    <div className="flex flex-col gap-5">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Data source" error={errors.sourceId} isRequired>
          <Select
            value={binding.sourceId || undefined}
            onValueChange={(sourceId) => onChange({ sourceId })}
            placeholder={sources.data ? 'Choose a data source' : 'Loading…'}
            options={sourceOptions(sources.data?.items ?? [])}
          />
        </Field>
        <Field label="Vault" error={errors.vaultId} isRequired>
          <Select
            value={binding.vaultId || undefined}
            onValueChange={(vaultId) => onChange({ vaultId })}
            placeholder={vaults.data ? 'Choose a vault' : 'Loading…'}
            options={vaultOptions(vaults.data ?? [], source?.kind ?? 'local_file', region)}
          />
        </Field>
      </div>
      {source?.client.status === 'offline' && (
        <Callout kind="warning">
          {source.client.name} is offline. A run waits an hour for it and is then recorded as missed.
        </Callout>
      )}
      {source && isRegistered(source) && binding.paths.length === 0 && (
        <Callout
          action={
            <Button size="sm" onClick={() => onChange({ paths: ['/'] })}>
              Take all of it
            </Button>
          }
        >
          <span className="font-mono text-sm">/</span> is all of {source.name}; a path such as{' '}
          <span className="font-mono text-sm">/reports</span> is a part of it.
        </Callout>
      )}
      {last.length > 0 && binding.paths.length === 0 && (
        <Callout
          action={
            <Button size="sm" onClick={() => onChange({ paths: last })}>
              Use these
            </Button>
          }
        >
          The last backup took <span className="wrap-anywhere font-mono text-sm">{last.join(', ')}</span>
        </Callout>
      )}
      <PathFields
        binding={binding}
        onChange={onChange}
        errors={errors}
        platform={client?.platform ?? ''}
        kind={source?.kind ?? 'local_file'}
      />
    </div>
  );
}

interface PathFieldsProps {
  binding: Pick<BindingDraft, 'paths' | 'includes' | 'excludes'>;
  onChange: (part: Partial<BindingDraft>) => void;
  errors?: Record<string, string>;
  platform: string;
  kind: SourceKind;
}

export function PathFields({ binding, onChange, errors, platform, kind }: PathFieldsProps) {
  const isInside = findRegisteredKind(kind) !== null;
  return (
    <>
      <TextListField
        name="paths"
        label={isInside ? 'Paths' : 'Folders'}
        addLabel={isInside ? 'Add path' : 'Add folder'}
        hint={
          isInside
            ? 'From the root of the data source. Everything below them is backed up.'
            : 'Whole paths on the host. Everything below them is backed up.'
        }
        placeholder={isInside ? '/reports' : /^win/i.test(platform) ? 'D:\\Shares' : '/srv/files'}
        values={binding.paths}
        onValuesChange={(paths) => onChange({ paths })}
        validate={(path) =>
          isInside
            ? path.startsWith('/')
              ? null
              : 'Begin with a slash.'
            : isAbsoluteHostPath(path, platform)
              ? null
              : 'Write the whole path, from the root of the host.'
        }
        errors={errors}
        isRequired
      />
      <PatternFields kind={kind} values={binding} onChange={onChange} errors={errors} />
    </>
  );
}

function sourceOptions(sources: DataSource[]): SelectOption[] {
  return sources
    .map((source) => ({
      value: source.id,
      label: source.name,
      description: `${sourceKinds[source.kind].word}, client ${source.client.status}`,
      disabledReason:
        sourceRefusal(source.kind)?.message ??
        (source.client.status === 'revoked'
          ? 'Its client was revoked. Enrol the host again to use it.'
          : null),
    }))
    .sort((a, b) => Number(a.disabledReason !== null) - Number(b.disabledReason !== null));
}

/** Vaults of this region before others; those that cannot be bound last, with the reason. */
function vaultOptions(vaults: Vault[], kind: DataSource['kind'], region: string): SelectOption[] {
  const rank = (vault: Vault, refusal: string | null) =>
    (refusal ? 2 : 0) + (vault.region === region ? 0 : 1);
  return vaults
    .map((vault) => ({ vault, refusal: bindingRefusal(kind, vault)?.message ?? null }))
    .sort(
      (a, b) =>
        rank(a.vault, a.refusal) - rank(b.vault, b.refusal) || a.vault.name.localeCompare(b.vault.name),
    )
    .map(({ vault, refusal }) => ({
      value: vault.id,
      label: vault.name,
      description: `${vaultKinds[vault.kind].word}, ${regionName(vault.region)}`,
      disabledReason: refusal,
    }));
}
