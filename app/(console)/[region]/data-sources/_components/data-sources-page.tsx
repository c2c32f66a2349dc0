'use client';

import { useQuery } from '@tanstack/react-query';
import { Boxes, CalendarPlus, ExternalLink, History, Plus } from 'lucide-react';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useMemo } from 'react';
import { sourceHref } from '@/app/(console)/_components/sources/source-words';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Button, ButtonLink } from '@/components/ui/button';
import { useNow } from '@/components/ui/use-now';
import { sourceRefusal } from '@/lib/policies/binding-rules';
import { policyBindingsQuery } from '@/lib/policies/query';
import type { PolicyBinding } from '@/lib/policies/schemas';
import { dataSourcesQuery } from '@/lib/sources/query';
import { type DataSource, registrableKinds } from '@/lib/sources/schemas';
import { type BoundPolicies, dataSourceColumns } from './data-source-columns';
import { SourcePanel } from './source-panel';
import { useSourceActions } from './use-source-actions';

/** What is protected and what is not; from here everything that no host brings with it is registered. */
export function DataSourcesPage({ region }: { region: string }) {
  const sources = useQuery(dataSourcesQuery());
  const actions = useSourceActions(region);
  const refuse = useRefusals();
  const [registered, setRegistered] = useQueryState('register', parseAsStringLiteral(registrableKinds));
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
  const register = (
    <Button
      variant="primary"
      icon={<Plus />}
      disabledReason={refuse('sources.manage')}
      onClick={() => void setRegistered('oss')}
    >
      Register data source
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Data sources"
        description="Everything that can be backed up: files, dumps and images of enrolled hosts, and the buckets, file systems, tables and databases that you register here."
        actions={register}
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
          { label: 'Open', icon: <ExternalLink />, href: sourceHref(source, region) },
          ...actions.menuOf(source).filter(({ isDanger }) => !isDanger),
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
          ...actions.menuOf(source).filter(({ isDanger }) => isDanger),
        ]}
        empty={{
          icon: <Boxes />,
          title: 'Nothing to protect yet',
          description:
            'Enrol a host as a client, and its files appear here. Register a bucket, a file system, tables or a database, and the engine or a client backs it up.',
          action: (
            <span className="flex flex-wrap justify-center gap-2">
              {register}
              <ButtonLink href={`${sectionHref(region, 'clients')}?enrol=true`}>Enrol a client</ButtonLink>
            </span>
          ),
        }}
      />
      {registered && (
        <SourcePanel region={region} kind={registered} onClose={() => void setRegistered(null)} />
      )}
      {actions.panels}
    </>
  );
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
