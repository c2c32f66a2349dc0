'use client';

import { useQuery } from '@tanstack/react-query';
import { Database } from 'lucide-react';
import { LoadFailure } from '@/app/(console)/_components/load-failure';
import { hanaLevelWords } from '@/app/(console)/_components/points/point-words';
import { Callout } from '@/components/ui/callout';
import { EmptyState } from '@/components/ui/empty-state';
import { formatCount, plural } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Bytes, Nothing, RelativeTime } from '@/components/ui/quantities';
import { SkeletonText } from '@/components/ui/skeleton';
import { Status } from '@/components/ui/status';
import { Summary, type SummaryItem } from '@/components/ui/summary';
import { hanaInstanceQuery } from '@/lib/hana/query';
import type { HanaDatabase } from '@/lib/hana/schemas';
import type { HanaLevel } from '@/lib/schemas';

/** What is kept of each database of an instance, and whether its logs follow on each other. */
export function HanaDatabases({ sourceId }: { sourceId: string }) {
  const instance = useQuery(hanaInstanceQuery(sourceId));
  if (!instance.data) {
    return (
      <section className="panel p-4">
        {instance.error ? (
          <LoadFailure
            error={instance.error}
            onRetry={() => void instance.refetch()}
            isRetrying={instance.isFetching}
          />
        ) : (
          <SkeletonText lines={6} />
        )}
      </section>
    );
  }
  const { databases } = instance.data;
  if (databases.length === 0)
    return (
      <section className="panel">
        <EmptyState icon={<Database />} title="No database has been backed up yet">
          Set the Backint agent up on the host with “crossvault hana setup”, and start a backup in HANA.
        </EmptyState>
      </section>
    );
  return (
    <div className="flex flex-col gap-5">
      {databases.map((database) => (
        <Panel key={database.user} title={database.name} description={database.user}>
          <Summary items={summaryOf(database)} />
          <Gaps database={database} />
        </Panel>
      ))}
    </div>
  );
}

function summaryOf(database: HanaDatabase): SummaryItem[] {
  const level = (wanted: HanaLevel) => database.levels.find((one) => one.level === wanted);
  const newest = (wanted: HanaLevel) => {
    const found = level(wanted);
    return found ? <RelativeTime at={found.newestAt} /> : <Nothing label="None yet" />;
  };
  const delta = ['DIFFERENTIAL', 'INCREMENTAL'] as const;
  return [
    { label: 'Newest complete backup', value: <Complete database={database} /> },
    ...delta.flatMap((one) => (level(one) ? [{ label: hanaLevelWords[one], value: newest(one) }] : [])),
    { label: 'Newest log or catalog', value: newest('LOG') },
    {
      label: 'Newest catalog',
      value: database.newestCatalogAt ? (
        <RelativeTime at={database.newestCatalogAt} />
      ) : (
        <Nothing label="None yet" />
      ),
    },
    { label: 'Points', value: formatCount(database.levels.reduce((sum, one) => sum + one.pointCount, 0)) },
    { label: 'Log chain', value: <LogChain database={database} /> },
  ];
}

function Complete({ database: { newestComplete } }: { database: HanaDatabase }) {
  if (!newestComplete) return <Nothing label="None yet" />;
  const { at, sourceBytes, objectCount, expectedCount } = newestComplete;
  return (
    <>
      <RelativeTime at={at} />, <Bytes value={sourceBytes} />
      {expectedCount !== null && objectCount < expectedCount && (
        <Status kind="warning">{`${formatCount(objectCount)} of ${plural(expectedCount, 'object')}`}</Status>
      )}
    </>
  );
}

function LogChain({ database }: { database: HanaDatabase }) {
  if (!database.levels.some(({ level }) => level === 'LOG')) return <Nothing label="No log yet" />;
  if (!database.isLogKnown) return <Status kind="off">Too long to be looked at</Status>;
  return database.logGaps.length === 0 ? (
    <Status kind="success">No gap by its names</Status>
  ) : (
    <Status kind="warning">{plural(database.logGaps.length, 'gap')}</Status>
  );
}

const mostShown = 5;

function Gaps({ database: { logGaps } }: { database: HanaDatabase }) {
  if (logGaps.length === 0) return null;
  return (
    <div className="mt-4">
      <Callout kind="warning" title="Log backups are missing since the newest complete backup">
        A recovery stops at the first gap of a volume. Start a complete backup in HANA to begin a new chain.
        <ul className="mt-2 flex flex-col gap-1">
          {logGaps.slice(0, mostShown).map(({ volume, after, before }) => (
            <li key={`${volume} ${after}`}>
              Volume {volume}: between the positions {formatCount(after)} and {formatCount(before)}
            </li>
          ))}
        </ul>
      </Callout>
    </div>
  );
}
