'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { jobHref } from '@/app/(console)/_components/jobs/job-words';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { useNow } from '@/components/ui/use-now';
import { backupPointsQuery } from '@/lib/backup-points/query';
import { clientsQuery } from '@/lib/clients/query';
import { isAbsoluteHostPath } from '@/lib/jobs/rules';
import { isStreamSource } from '@/lib/sources/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import { startBackupAction } from './actions';
import { clientOptions, vaultOptions } from './options';
import { PatternFields, type Patterns } from './pattern-fields';
import { findProblems, isSame } from './problems';
import { RetentionField } from './retention-field';
import { SourceBrowser } from './source-browser';
import { TextListField } from './text-list-field';

interface BackUpPanelProps {
  region: string;
  /** What is chosen at first; it can be changed. */
  clientId?: string;
  vaultId?: string;
  /** May return a promise of the closed state. */
  onClose: () => unknown;
}

const proposedDays = '30';

/** Starts one backup: which host, which folders, into which vault, kept for how long. */
export function BackUpPanel({ region, onClose, ...chosen }: BackUpPanelProps) {
  const router = useRouter();
  const clients = useQuery(clientsQuery());
  const vaults = useQuery(allVaultsQuery());
  const [clientId, setClientId] = useState(chosen.clientId ?? '');
  const [vaultId, setVaultId] = useState(chosen.vaultId ?? '');
  const [paths, setPaths] = useState<string[]>([]);
  const [patterns, setPatterns] = useState<Patterns>({ includes: [], excludes: [] });
  const [days, setDays] = useState(proposedDays);
  const [isTried, setIsTried] = useState(false);
  const client = clients.data?.items.find(({ id }) => id === clientId);
  const start = useAction(startBackupAction, (job) => {
    // A panel whose state is in the address writes there when it closes; only then may the page change.
    void Promise.resolve(onClose()).then(() => router.push(jobHref(job, region)));
  });
  const input = { clientId, vaultId, paths, ...patterns, retentionDays: days };
  const problems = findProblems(input);
  // The server's word counts for what was sent; it is stale once something was changed.
  const errors = isTried ? { ...(isSame(start.sent, input) && start.fields), ...problems } : {};

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (Object.keys(problems).length === 0) start.send(input);
  };

  const now = useNow(60_000);
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Start backup"
      description="Reads the folders once and makes one backup point. Files that did not change are not read again."
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field label="Client" error={errors.clientId} isRequired>
            <Select
              value={clientId || undefined}
              onValueChange={setClientId}
              placeholder={clients.data ? 'Choose a client' : 'Loading…'}
              options={clientOptions(clients.data?.items ?? [])}
            />
          </Field>
          {client?.status === 'offline' && (
            <Callout kind="warning">{client.name} is offline. The backup starts when it is back.</Callout>
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
              options={vaultOptions(vaults.data ?? [], region, now ?? new Date(0))}
            />
          </Field>
          {client && (
            <LastFolders
              sourceId={client.sources.find(({ kind }) => !isStreamSource(kind))?.id}
              paths={paths}
              onUse={setPaths}
            />
          )}
          {client?.status === 'online' && !isWindows(client.platform) && (
            <SourceBrowser
              key={client.id}
              about={{ clientId: client.id }}
              name={client.name}
              chosen={paths}
              onChosenChange={setPaths}
            />
          )}
          <TextListField
            name="paths"
            label="Folders"
            addLabel="Add folder"
            hint="Whole paths on the client’s host. Everything below them is backed up."
            placeholder={client && isWindows(client.platform) ? 'D:\\Shares' : '/srv/files'}
            values={paths}
            onValuesChange={setPaths}
            validate={(path) =>
              client && !isAbsoluteHostPath(path, client.platform)
                ? 'Write the whole path, from the root of the host.'
                : null
            }
            errors={errors}
            isRequired
          />
          <PatternFields
            kind="local_file"
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

const isWindows = (platform: string) => /^win/i.test(platform);

interface LastFoldersProps {
  sourceId: string | undefined;
  paths: string[];
  onUse: (paths: string[]) => void;
}

/** The folders of the host's newest point, for the second backup of the same. */
function LastFolders({ sourceId, paths, onUse }: LastFoldersProps) {
  const points = useQuery({ ...backupPointsQuery({ sourceId, limit: 1 }), enabled: sourceId !== undefined });
  const last = points.data?.items[0];
  if (!last || last.source.id !== sourceId || paths.length > 0) return null;
  return (
    <Callout
      action={
        <Button size="sm" onClick={() => onUse(last.paths)}>
          Use these
        </Button>
      }
    >
      The last backup took <span className="wrap-anywhere font-mono text-sm">{last.paths.join(', ')}</span>
    </Callout>
  );
}
