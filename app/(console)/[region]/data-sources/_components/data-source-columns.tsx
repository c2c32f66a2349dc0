import Link from 'next/link';
import { policyHref } from '@/app/(console)/_components/policies/policy-words';
import {
  healthOf,
  healthWords,
  SourceHealth,
  sourceHref,
} from '@/app/(console)/_components/sources/source-words';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { formatCount, formatDuration } from '@/components/ui/format';
import { Bytes, Nothing, RelativeTime } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import { regionName } from '@/lib/regions/schemas';
import { type DataSource, isStreamSource, sourceKinds } from '@/lib/sources/schemas';

const staleSeconds = 7 * 86_400;

type Protection = 'protected' | 'stale' | 'never';

function protectionOf(source: DataSource, now: Date): Protection {
  if (!source.newestPoint) return 'never';
  return secondsSince(source.newestPoint.createdAt, now) > staleSeconds ? 'stale' : 'protected';
}

function secondsSince(at: string, now: Date): number {
  return (now.getTime() - new Date(at).getTime()) / 1000;
}

/** By data source, the policies that back it up. */
export type BoundPolicies = ReadonlyMap<string, { id: string; name: string }[]>;

export function dataSourceColumns(region: string, now: Date, policies: BoundPolicies): Column<DataSource>[] {
  return [
    {
      id: 'name',
      header: 'Data source',
      isTitle: true,
      sortValue: (source) => source.name,
      searchText: (source) =>
        `${source.name}\n${source.client.name}\n${source.newestPoint?.paths.join('\n')}`,
      cell: (source) => (
        <div className="min-w-0">
          <Link href={sourceHref(source, region)} className="link wrap-anywhere">
            {source.name}
          </Link>
          <span className="wrap-anywhere block font-normal text-muted">{secondLine(source)}</span>
        </div>
      ),
    },
    {
      id: 'kind',
      header: 'Kind',
      sortValue: (source) => sourceKinds[source.kind].word,
      filter: {
        label: 'Kind',
        options: Object.entries(sourceKinds).map(([value, { word }]) => ({ value, label: word })),
        valueOf: (source) => source.kind,
      },
      cell: (source) => sourceKinds[source.kind].word,
    },
    {
      id: 'region',
      header: 'Region',
      isHiddenAtFirst: true,
      sortValue: (source) => source.region,
      cell: (source) => regionName(source.region),
    },
    {
      id: 'protection',
      header: 'Protection',
      sortValue: (source) => source.newestPoint?.createdAt ?? '',
      filter: {
        label: 'Protection',
        options: [
          { value: 'protected', label: 'Backed up' },
          { value: 'stale', label: 'Backup is old' },
          { value: 'never', label: 'Not protected' },
        ],
        valueOf: (source) => protectionOf(source, now),
      },
      cell: (source) => <ProtectionStatus source={source} now={now} />,
    },
    {
      id: 'policies',
      header: 'Policies',
      sortValue: (source) => policies.get(source.id)?.length ?? 0,
      cell: (source) => <Policies region={region} policies={policies.get(source.id) ?? []} />,
    },
    {
      id: 'newest',
      header: 'Newest point',
      sortValue: (source) => source.newestPoint?.createdAt ?? null,
      cell: ({ newestPoint }) =>
        newestPoint ? (
          <Link
            href={`${sectionHref(newestPoint.vault.region, 'backup-points')}/${newestPoint.id}`}
            className="link"
          >
            <RelativeTime at={newestPoint.createdAt} />
          </Link>
        ) : (
          <Nothing label="No backup yet" />
        ),
    },
    {
      id: 'vault',
      header: 'Vault',
      sortValue: (source) => source.newestPoint?.vault.name ?? null,
      cell: ({ newestPoint }) =>
        newestPoint ? (
          <Link
            href={`${sectionHref(newestPoint.vault.region, 'vaults')}/${newestPoint.vault.id}`}
            className="link"
          >
            {newestPoint.vault.name}
          </Link>
        ) : (
          <Nothing />
        ),
    },
    {
      id: 'size',
      header: 'Data',
      align: 'end',
      sortValue: (source) => source.newestPoint?.sourceBytes ?? null,
      cell: (source) => <Bytes value={source.newestPoint?.sourceBytes} />,
    },
    {
      id: 'points',
      header: 'Points',
      align: 'end',
      sortValue: (source) => source.pointCount,
      cell: (source) => formatCount(source.pointCount),
    },
    {
      id: 'health',
      header: 'Health',
      sortValue: healthOf,
      filter: {
        label: 'Health',
        options: Object.entries(healthWords).map(([value, label]) => ({ value, label })),
        valueOf: healthOf,
      },
      cell: (source) => <SourceHealth source={source} />,
    },
  ];
}

function secondLine(source: DataSource): string {
  if (isStreamSource(source.kind)) return `On ${source.client.name}`;
  if (source.config)
    return `${source.client.isHost ? `On ${source.client.name}` : regionName(source.region)}`;
  return source.newestPoint?.paths.join(', ') ?? 'No folder was ever backed up';
}

function Policies({ region, policies }: { region: string; policies: { id: string; name: string }[] }) {
  if (policies.length === 0) return <Nothing label="No policy backs it up" />;
  return (
    <ul>
      {policies.map(({ id, name }) => (
        <li key={id}>
          <Link href={policyHref(id, region)} className="link wrap-anywhere">
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function ProtectionStatus({ source, now }: { source: DataSource; now: Date }) {
  const { newestPoint } = source;
  switch (protectionOf(source, now)) {
    case 'never':
      return <Status kind="warning">Not protected</Status>;
    case 'stale': {
      const age = formatDuration(secondsSince(newestPoint?.createdAt ?? '', now));
      return (
        <Status kind="warning" detail={`Newest point is ${age} old`}>
          Backup is old
        </Status>
      );
    }
    case 'protected':
      return <Status kind="success">Backed up</Status>;
  }
}
