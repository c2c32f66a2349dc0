'use client';

import { useQuery } from '@tanstack/react-query';
import { ErrorState } from '@/components/ui/error-state';
import { formatDuration, formatRate } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { replicationSamplesQuery } from '@/lib/replication/query';
import { lagSeries, throughputSeries } from './plot-series';
import { TimePlot } from './time-plot';

const formatLagTime = (seconds: number) => (seconds === 0 ? 'Up to date' : formatDuration(seconds));

export function ReplicationPlots({ replicationId }: { replicationId: string }) {
  const samples = useQuery(replicationSamplesQuery(replicationId));
  return (
    <Panel title="Last 24 hours" description="Measured once a minute while the replication runs.">
      {!samples.data && samples.error && (
        <ErrorState onRetry={() => void samples.refetch()}>{samples.error.message}</ErrorState>
      )}
      {!samples.data && !samples.error && <Skeleton className="h-36" />}
      {samples.data && samples.data.items.length < 2 && (
        <p className="text-muted">The plot begins two minutes after the replication does.</p>
      )}
      {samples.data && samples.data.items.length >= 2 && <Plots samples={samples.data.items} />}
    </Panel>
  );
}

function Plots({ samples }: { samples: Parameters<typeof lagSeries>[0] }) {
  const times = samples.map(({ at }) => Date.parse(at));
  const axis = { from: times[0] ?? 0, to: times.at(-1) ?? 0 };
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <TimePlot {...axis} title="Lag" points={lagSeries(samples)} format={formatLagTime} tone="target" />
      <TimePlot
        {...axis}
        title="Throughput"
        points={throughputSeries(samples)}
        format={formatRate}
        tone="info"
      />
    </div>
  );
}
