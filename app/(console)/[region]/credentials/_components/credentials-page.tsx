'use client';

import { useQuery } from '@tanstack/react-query';
import { Globe } from 'lucide-react';
import { useMemo } from 'react';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { PageHeader } from '@/components/console/page-header';
import { Badge } from '@/components/ui/badge';
import { CopyButton } from '@/components/ui/copyable';
import { Summary } from '@/components/ui/summary';
import { meQuery } from '@/lib/accounts/query';
import { projectsQuery } from '@/lib/projects/query';
import type { Project } from '@/lib/projects/schemas';
import { regionName } from '@/lib/regions/schemas';

/** What others need to share something with this account: its UID and its project id in each region. */
export function CredentialsPage({ region }: { region: string }) {
  const me = useQuery(meQuery()).data;
  const projects = useQuery(projectsQuery());
  const columns = useMemo(() => columnsOf(region), [region]);
  const here = projects.data?.items.find((project) => project.region === region);
  return (
    <>
      <PageHeader
        title="My credentials"
        description="The ids that name this account. Give them to whoever is to share a backup, a key or a vault with it. They open nothing."
      />
      <section aria-label="Ids" className="panel mb-4 p-4">
        <Summary
          columns={3}
          items={[
            { label: 'Account', value: me?.account.name ?? '' },
            { label: 'Account UID', value: me && <Copyable text={me.account.id} what="account UID" /> },
            {
              label: `Project id in ${regionName(region)}`,
              value: here && <Copyable text={here.id} what={`project id of ${regionName(region)}`} />,
            },
          ]}
        />
      </section>
      <DataTable<Project>
        id="projects"
        title="Projects"
        noun="projects"
        columns={columns}
        rows={projects.data?.items}
        getRowId={({ id }) => id}
        getRowName={(project) => regionName(project.region)}
        error={projects.error?.message}
        onRetry={() => void projects.refetch()}
        searchPlaceholder="Find by region or project id"
        empty={{
          icon: <Globe />,
          title: 'No regions',
          description: 'This installation has no region yet. Its operator names them in the regions file.',
        }}
      />
    </>
  );
}

function Copyable({ text, what }: { text: string; what: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <span className="break-all font-mono">{text}</span>
      <CopyButton text={text} label={`Copy ${what}`} />
    </span>
  );
}

function columnsOf(current: string): Column<Project>[] {
  return [
    {
      id: 'region',
      header: 'Region',
      isTitle: true,
      sortValue: ({ region }) => regionName(region),
      searchText: ({ region, id }) => `${regionName(region)}\n${region}\n${id}`,
      cell: ({ region }) => (
        <span className="flex flex-wrap items-center gap-2">
          {regionName(region)}
          {region === current && <Badge tone="accent">Chosen above</Badge>}
        </span>
      ),
    },
    {
      id: 'name',
      header: 'Region id',
      sortValue: ({ region }) => region,
      cell: ({ region }) => <span className="font-mono">{region}</span>,
    },
    {
      id: 'project',
      header: 'Project id',
      cell: ({ id, region }) => <Copyable text={id} what={`project id of ${regionName(region)}`} />,
    },
  ];
}
