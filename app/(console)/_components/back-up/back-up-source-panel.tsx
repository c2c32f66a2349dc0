'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { jobHref } from '@/app/(console)/_components/jobs/job-words';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field, FieldGroup } from '@/components/ui/field';
import { RadioCards } from '@/components/ui/radio-cards';
import { Select } from '@/components/ui/select';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { useNow } from '@/components/ui/use-now';
import type { DataSource } from '@/lib/sources/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import { startBackupAction } from './actions';
import { vaultOptions } from './options';
import { PatternFields, type Patterns } from './pattern-fields';
import { findProblems, isSame } from './problems';
import { RetentionField } from './retention-field';
import { SourceBrowser } from './source-browser';
import { TextListField } from './text-list-field';

interface BackUpSourcePanelProps {
  region: string;
  source: DataSource;
  onClose: () => unknown;
}

const scopesOf = (kind: DataSource['kind']) => [
  { value: 'all', label: 'All of it', description: 'What is added later is in later backups too.' },
  {
    value: 'part',
    label: kind === 'tablestore' ? 'Chosen tables' : 'Chosen parts',
    description: kind === 'tablestore' ? 'By their names.' : 'Folders or prefixes, by their paths.',
  },
];

const readsAgain = (kind: DataSource['kind']) =>
  kind === 'tablestore'
    ? 'Every row is read; what did not change is not stored again.'
    : 'What did not change is not read again.';

/** Starts one backup of a registered data source: what of it, into which vault, kept for how long. */
export function BackUpSourcePanel({ region, source, onClose }: BackUpSourcePanelProps) {
  const router = useRouter();
  const vaults = useQuery(allVaultsQuery());
  const [vaultId, setVaultId] = useState(source.newestPoint?.vault.id ?? '');
  const [scope, setScope] = useState('all');
  const [chosen, setChosen] = useState<string[]>([]);
  const [patterns, setPatterns] = useState<Patterns>({ includes: [], excludes: [] });
  const [days, setDays] = useState('30');
  const [isTried, setIsTried] = useState(false);
  const start = useAction(startBackupAction, (job) => {
    void Promise.resolve(onClose()).then(() => router.push(jobHref(job, region)));
  });
  const input = {
    sourceId: source.id,
    vaultId,
    paths: scope === 'all' ? ['/'] : chosen,
    ...patterns,
    retentionDays: days,
  };
  const problems = findProblems(input);
  const errors = isTried ? { ...(isSame(start.sent, input) && start.fields), ...problems } : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (Object.keys(problems).length === 0) start.send(input);
  };
  const now = useNow(60_000);
  const isTables = source.kind === 'tablestore';
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Start backup"
      description={`Reads ${source.name} once and makes one backup point. ${readsAgain(source.kind)}`}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          {source.client.status === 'offline' && (
            <Callout kind="warning">
              {source.client.name} is offline. The backup starts when it is back.
            </Callout>
          )}
          <Field
            label="Vault"
            error={errors.vaultId}
            hint="Replication target vaults take copies only."
            isRequired
          >
            <Select
              value={vaultId || undefined}
              onValueChange={setVaultId}
              placeholder={vaults.data ? 'Choose a vault' : 'Loading…'}
              options={vaultOptions(vaults.data ?? [], region, now ?? new Date(0), source.kind)}
            />
          </Field>
          <FieldGroup legend="What to back up" error={scope === 'part' ? errors.paths : undefined}>
            <RadioCards
              label="What to back up"
              value={scope}
              onValueChange={setScope}
              options={scopesOf(source.kind)}
              columns={2}
            />
          </FieldGroup>
          {scope === 'part' && (
            <>
              <SourceBrowser
                about={{ id: source.id }}
                name={source.name}
                chosen={chosen}
                onChosenChange={setChosen}
              />
              <TextListField
                name="paths"
                label={isTables ? 'Tables' : 'Parts'}
                addLabel="Add path"
                hint="From the root of the data source, beginning with a slash."
                placeholder={isTables ? '/orders' : '/reports'}
                values={chosen}
                onValuesChange={setChosen}
                validate={(path) => (path.startsWith('/') ? null : 'Begin with a slash.')}
                errors={errors}
                isRequired
              />
            </>
          )}
          <PatternFields
            kind={source.kind}
            values={patterns}
            onChange={(part) => setPatterns({ ...patterns, ...part })}
            errors={errors}
          />
          <RetentionField value={days} onChange={setDays} error={errors.retentionDays} />
          <FormError error={start.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={start.isPending}>
            Start backup
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
