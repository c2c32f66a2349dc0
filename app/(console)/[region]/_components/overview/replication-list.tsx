'use client';

import { useQuery } from '@tanstack/react-query';
import { Workflow } from 'lucide-react';
import Link from 'next/link';
import { FlowPicture } from '@/components/console/flow-picture/flow-picture';
import { describeReplication } from '@/components/console/flow-picture/flow-state';
import { sectionHref } from '@/components/console/navigation';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { formatBytes, formatDuration, plural } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Sparkline } from '@/components/ui/sparkline';
import { replicationSamplesQuery } from '@/lib/replication/query';
import type { Replication } from '@/lib/replication/schemas';
import { vaultHref } from '../../vaults/_components/vault-columns';

/** The rest stands on the replications page: a picture for each of fifty would bury the rest of the overview. */
const shownAtMost = 5;

interface ReplicationListProps {
  replications: Replication[];
  region: string;
}

/** Every replication of the account with how far it is behind; those that run first. */
export function ReplicationList({ replications, region }: ReplicationListProps) {
  const sorted = [...replications].sort(
    (a, b) => Number(a.state === 'stopped') - Number(b.state === 'stopped') || b.lag.seconds - a.lag.seconds,
  );
  return (
    <Panel title="Replications" description="Out of this account and into it, in all regions." isFlush>
      {sorted.length === 0 ? (
        <EmptyState
          icon={<Workflow />}
          title="No replications yet"
          action={
            <ButtonLink href={`${sectionHref(region, 'vaults')}?kind=standard`}>Choose a vault</ButtonLink>
          }
        >
          A replication keeps a second copy of a vault in another account or region, point by point, by
          itself.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {sorted.slice(0, shownAtMost).map((replication) => (
            <li
              key={replication.id}
              className="grid items-center gap-x-6 gap-y-2 px-4 py-3 lg:grid-cols-[minmax(0,1fr)_10rem]"
            >
              <FlowPicture flow={describeReplication(replication, vaultHref)} size="small" />
              {replication.state === 'active' && <LagNumber replication={replication} />}
            </li>
          ))}
        </ul>
      )}
      {sorted.length > shownAtMost && (
        <p className="border-line border-t px-4 py-2.5 text-muted">
          Those that are furthest behind.{' '}
          <Link href={sectionHref(region, 'replications')} className="link underline">
            Show all {sorted.length} replications
          </Link>
        </p>
      )}
    </Panel>
  );
}

function LagNumber({ replication }: { replication: Replication }) {
  const samples = useQuery(replicationSamplesQuery(replication.id)).data?.items ?? [];
  const { lag, history, waitingReason } = replication;
  const isBehind = lag.points > 0;
  const caughtUp = history.completedAt ? 'Up to date' : 'Initial sync';
  const word = waitingReason ? 'Waiting' : caughtUp;
  return (
    <div className="flex items-end justify-between gap-3 lg:block">
      <div>
        <p className="text-muted text-sm">Lag</p>
        <p className="font-semibold text-xl tabular-nums">{isBehind ? formatDuration(lag.seconds) : word}</p>
        {isBehind && (
          <p className="text-muted text-sm tabular-nums">
            {plural(lag.points, 'point')} · {formatBytes(lag.bytes)}
          </p>
        )}
      </div>
      {samples.length > 1 && (
        <Sparkline
          values={samples.map(({ lagSeconds }) => lagSeconds)}
          label={`Lag of ${replication.source.vaultName} over the last day`}
          tone="target"
          width={144}
          className="lg:mt-1.5"
        />
      )}
    </div>
  );
}
