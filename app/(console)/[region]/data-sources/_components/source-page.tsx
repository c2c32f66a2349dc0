'use client';

import { useQuery } from '@tanstack/react-query';
import { HardDriveUpload, Pencil, PlugZap, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { JobsTable } from '@/app/(console)/_components/jobs/jobs-table';
import { LoadPanel } from '@/app/(console)/_components/load-panel';
import { FindFiles } from '@/app/(console)/_components/points/find-files';
import { PointsTable } from '@/app/(console)/_components/points/points-table';
import { SourceHealth, servedByWords } from '@/app/(console)/_components/sources/source-words';
import { DetailLayout } from '@/components/console/detail-layout';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Id } from '@/components/ui/copyable';
import { Bytes, Nothing, RelativeTime, Time } from '@/components/ui/quantities';
import type { SummaryItem } from '@/components/ui/summary';
import { regionName } from '@/lib/regions/schemas';
import { dataSourceQuery } from '@/lib/sources/query';
import { type DataSource, sourceKinds } from '@/lib/sources/schemas';
import { describeConfig } from './describe-config';
import { HanaDatabases } from './hana-databases';
import { SourcePolicies } from './source-policies';
import { useSourceActions } from './use-source-actions';

interface SourcePageProps {
  region: string;
  sourceId: string;
}

/** One registered data source: whether it can be reached, what was backed up of it, and what is under way. */
export function SourcePage({ region, sourceId }: SourcePageProps) {
  const source = useQuery(dataSourceQuery(sourceId));
  if (source.data) return <LoadedSource region={region} source={source.data} />;
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: 'Data sources', href: sectionHref(region, 'data-sources') },
          { label: sourceId },
        ]}
        title="Data source"
      />
      <LoadPanel query={source} />
    </>
  );
}

function LoadedSource({ region, source }: { region: string; source: DataSource }) {
  const router = useRouter();
  const list = sectionHref(region, 'data-sources');
  const actions = useSourceActions(region, () => router.push(list));
  const refusals = actions.refusalsOf(source);
  const backUp = (
    <Button
      variant="primary"
      icon={<HardDriveUpload />}
      disabledReason={refusals.back_up}
      onClick={() => actions.start('back_up', source)}
    >
      Back up
    </Button>
  );
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'Data sources', href: list }, { label: source.name }]}
        title={source.name}
        description={<Id value={source.id} cut="whole" />}
        badge={<SourceHealth source={source} />}
        actions={
          <>
            <Button
              icon={<Trash2 />}
              disabledReason={refusals.remove}
              onClick={() => actions.start('remove', source)}
            >
              Remove
            </Button>
            <Button
              icon={<Pencil />}
              disabledReason={refusals.edit}
              onClick={() => actions.start('edit', source)}
            >
              Edit
            </Button>
            <Button
              icon={<PlugZap />}
              disabledReason={refusals.check}
              isLoading={actions.isChecking}
              onClick={() => actions.start('check', source)}
            >
              Check connection
            </Button>
            {backUp}
          </>
        }
      />
      <DetailLayout
        summary={summaryOf(source)}
        lead={<SourceNote source={source} />}
        tabs={[
          ...(source.kind === 'hana'
            ? [
                {
                  value: 'databases',
                  label: 'Databases',
                  content: <HanaDatabases sourceId={source.id} />,
                },
              ]
            : []),
          {
            value: 'points',
            label: 'Backup points',
            content: (
              <PointsTable
                id="source-points"
                hiddenColumn="source"
                filter={{ sourceId: source.id }}
                empty={{
                  title: 'Nothing is backed up yet',
                  description: 'Back it up by hand, or let a policy do it; each backup adds one point.',
                  action: backUp,
                }}
              />
            ),
          },
          {
            value: 'find',
            label: 'Find files',
            content: (
              <FindFiles sourceId={source.id} kind={source.kind} refusal={actions.refuse('restore.run')} />
            ),
          },
          {
            value: 'jobs',
            label: 'Jobs',
            content: (
              <JobsTable
                id="source-jobs"
                title="Jobs"
                region={region}
                sourceId={source.id}
                urlPrefix="jobs_"
                empty={{ title: 'No job has worked on it yet', action: backUp }}
              />
            ),
          },
          {
            value: 'policies',
            label: 'Policies',
            content: <SourcePolicies region={region} source={source} />,
          },
        ]}
      />
      {actions.panels}
    </>
  );
}

function summaryOf(source: DataSource): SummaryItem[] {
  const { check, newestPoint } = source;
  return [
    { label: 'Kind', value: sourceKinds[source.kind].word },
    { label: 'Region', value: regionName(source.region) },
    ...describeConfig(source.config),
    { label: 'Bytes are moved by', value: servedByWords(source) },
    {
      label: 'Last checked',
      value: check.at ? <RelativeTime at={check.at} /> : <Nothing label="Not checked yet" />,
    },
    ...check.facts.map(({ label, value }) => ({ label, value })),
    {
      label: 'Newest point',
      value: newestPoint ? <RelativeTime at={newestPoint.createdAt} /> : <Nothing label="No backup yet" />,
    },
    { label: 'Data', value: <Bytes value={newestPoint?.sourceBytes} /> },
    { label: 'Registered', value: <Time at={source.createdAt} /> },
    { label: 'Registered by', value: source.createdBy || <Nothing /> },
  ];
}

function SourceNote({ source }: { source: DataSource }) {
  const { client, check } = source;
  if (client.status === 'offline') {
    return (
      <Callout kind="warning" title={client.isHost ? 'Its client does not answer' : 'No mover is running'}>
        {client.isHost
          ? `Jobs wait until ${client.name} is back.`
          : 'The engine’s mover backs it up. Jobs wait until an engine with a mover runs.'}
      </Callout>
    );
  }
  if (check.state !== 'failed') return null;
  return (
    <Callout kind="danger" title="It could not be reached when it was last checked">
      {check.message}
    </Callout>
  );
}
