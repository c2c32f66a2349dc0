'use client';

import { useQuery } from '@tanstack/react-query';
import { Boxes, CalendarPlus, HardDriveUpload, History } from 'lucide-react';
import { useMemo, useState } from 'react';
import { BackUpPanel } from '@/app/(console)/_components/back-up/back-up-panel';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { ButtonLink } from '@/components/ui/button';
import { useNow } from '@/components/ui/use-now';
import { sourceRefusal } from '@/lib/policies/binding-rules';
import { policyBindingsQuery } from '@/lib/policies/query';
import type { PolicyBinding } from '@/lib/policies/schemas';
import { dataSourcesQuery } from '@/lib/sources/query';
import { type DataSource, isStreamSource } from '@/lib/sources/schemas';
import { type BoundPolicies, dataSourceColumns } from './data-source-columns';

/** What is protected and what is not. */
export function DataSourcesPage({ region }: { region: string }) {
  const sources = useQuery(dataSourcesQuery());
  const [started, setStarted] = useState<DataSource | null>(null);
  const refuse = useRefusals();
  const minute = useNow(60_000)?.getTime() ?? 0;
  const bindings = useQuery(policyBindingsQuery()).data?.items;
  const policies = useMemo(() => groupBySource(bindings ?? []), [bindings]);
  const columns = useMemo(
    () => dataSourceColumns(region, new Date(minute), policies),
    [region, minute, policies],
  );
  const rows = sources.data?.items.filter(
    (source) => source.client.status !== 'revoked' || source.pointCount > 0,
  );
  return (
    <>
      <PageHeader
        title="Data sources"
        description="What the enrolled hosts hold: their files, and each database dump and container image that a command on them backs up by name."
      />
      <DataTable<DataSource>
        id="data-sources"
        title="Data sources"
        noun="data sources"
        columns={columns}
        rows={rows}
        getRowId={(source) => source.id}
        getRowName={(source) => source.name}
        error={sources.error?.message}
        onRetry={() => void sources.refetch()}
        defaultSort={{ columnId: 'protection', isDescending: false }}
        searchPlaceholder="Find by name, client or folder"
        rowActions={(source) => [
          {
            label: 'Back up',
            icon: <HardDriveUpload />,
            disabledReason:
              refuse('backup.run') ??
              (source.client.status === 'revoked' ? 'Its client was revoked.' : null) ??
              (isStreamSource(source.kind) ? streamRefusal(source) : null),
            onSelect: () => setStarted(source),
          },
          {
            label: 'Create policy',
            icon: <CalendarPlus />,
            href: `${sectionHref(region, 'policies')}/create?source=${source.id}`,
            disabledReason:
              refuse('policies.manage') ??
              sourceRefusal(source.kind)?.message ??
              (source.client.status === 'revoked' ? 'Its client was revoked.' : null),
          },
          {
            label: 'Restore newest point',
            icon: <History />,
            href: newestHref(source, region),
            disabledReason: refuse('restore.run') ?? (source.newestPoint ? null : 'It has no backup point.'),
          },
        ]}
        empty={{
          icon: <Boxes />,
          title: 'Nothing to protect yet',
          description:
            'Enrol a host as a client; its files appear here as a data source, and so does each database and image that it backs up by name.',
          action: (
            <ButtonLink variant="primary" href={`${sectionHref(region, 'clients')}?enrol=true`}>
              Enrol a client
            </ButtonLink>
          ),
        }}
      />
      {started && (
        <BackUpPanel
          region={region}
          clientId={started.client.id}
          vaultId={started.newestPoint?.vault.id}
          onClose={() => setStarted(null)}
        />
      )}
    </>
  );
}

function streamRefusal({ kind, name, client }: DataSource): string {
  const command =
    kind === 'database_dump' ? `crossvault dump --name ${name}` : `crossvault image --name ${name}`;
  return `A stream is given by a command on its host: run ${command} on ${client.name}.`;
}

function groupBySource(bindings: PolicyBinding[]): BoundPolicies {
  const policies = new Map<string, { id: string; name: string }[]>();
  for (const { source, policy } of bindings) {
    const known = policies.get(source.id) ?? [];
    if (!known.some(({ id }) => id === policy.id)) policies.set(source.id, [...known, policy]);
  }
  return policies;
}

function newestHref({ newestPoint }: DataSource, region: string): string {
  if (!newestPoint) return sectionHref(region, 'restore');
  const search = new URLSearchParams({ vault: newestPoint.vault.id, point: newestPoint.id });
  return `${sectionHref(newestPoint.vault.region, 'restore')}?${search}`;
}
