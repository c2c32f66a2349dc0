'use client';

import { useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { lagSeries, throughputSeries } from '@/components/console/time-plot/plot-series';
import { TimePlot } from '@/components/console/time-plot/time-plot';
import { cn } from '@/components/ui/class-names';
import { ErrorState } from '@/components/ui/error-state';
import { formatDuration, formatRate } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { replicationSamplesQuery } from '@/lib/replication/query';
import { SampleRange } from '@/lib/replication/samples';
import type { Replication, ReplicationSamples } from '@/lib/replication/schemas';
import { SampleTable } from './sample-table';

const rangeWords: Record<SampleRange, string> = { '24h': '24 hours', '7d': '7 days', '30d': '30 days' };
const formatLagTime = (seconds: number) => (seconds === 0 ? 'Up to date' : formatDuration(seconds));

/** Lag and throughput over a range that the reader chooses; the address keeps it. */
export function ReplicationPlots({ replication }: { replication: Replication }) {
  const [range, setRange] = useQueryState(
    'range',
    parseAsStringLiteral(SampleRange.options).withDefault('24h'),
  );
  const samples = useQuery(replicationSamplesQuery(replication.id, range));
  return (
    <Panel
      title="Lag and throughput"
      description="Measured once a minute while the replication runs; each value of a longer range is the worst of its span."
      actions={<RangeChoice value={range} onValueChange={(next) => void setRange(next)} />}
    >
      {!samples.data && samples.error && (
        <ErrorState onRetry={() => void samples.refetch()}>{samples.error.message}</ErrorState>
      )}
      {!samples.data && !samples.error && <Skeleton className="h-36" />}
      {samples.data && samples.data.items.length < 2 && (
        <p className="text-muted">
          {range === '24h'
            ? 'The plot begins some minutes after the replication does.'
            : `The plot of ${rangeWords[range]} begins when there is enough to show. Look at 24 hours.`}
        </p>
      )}
      {samples.data && samples.data.items.length >= 2 && (
        <Plots samples={samples.data} objectiveSeconds={replication.objective.seconds} />
      )}
    </Panel>
  );
}

function RangeChoice({
  value,
  onValueChange,
}: {
  value: SampleRange;
  onValueChange: (range: SampleRange) => void;
}) {
  return (
    <fieldset className="flex overflow-hidden rounded-md border border-line-strong">
      <legend className="sr-only">Range of the plot</legend>
      {SampleRange.options.map((range) => (
        <button
          key={range}
          type="button"
          aria-pressed={range === value}
          onClick={() => onValueChange(range)}
          className={cn(
            'h-7 whitespace-nowrap px-2.5 text-sm -outline-offset-2',
            range === value ? 'bg-accent-soft font-medium text-ink' : 'text-muted hover:bg-hover',
          )}
        >
          {rangeWords[range]}
        </button>
      ))}
    </fieldset>
  );
}

function Plots({
  samples,
  objectiveSeconds,
}: {
  samples: ReplicationSamples;
  objectiveSeconds: number | null;
}) {
  const { items, stepSeconds } = samples;
  const axis = { from: Date.parse(samples.from), to: Date.parse(samples.to) };
  const lag = lagSeries(items, stepSeconds);
  const throughput = throughputSeries(items, stepSeconds);
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-6 lg:grid-cols-2">
        <TimePlot
          {...axis}
          title="Lag at the target"
          points={lag}
          format={formatLagTime}
          tone="target"
          limit={
            objectiveSeconds === null
              ? null
              : { value: objectiveSeconds, label: `Objective ${formatDuration(objectiveSeconds)}` }
          }
        />
        <TimePlot
          {...axis}
          title="Throughput from the source"
          points={throughput}
          format={formatRate}
          tone="source"
        />
      </div>
      <SampleTable samples={items} throughput={throughput} formatLag={formatLagTime} />
    </div>
  );
}
