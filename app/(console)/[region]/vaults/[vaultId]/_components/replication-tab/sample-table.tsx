import type { PlotPoint } from '@/components/console/time-plot/plot-series';
import { formatRate } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import type { ReplicationSample } from '@/lib/replication/schemas';

interface SampleTableProps {
  samples: ReplicationSample[];
  throughput: PlotPoint[];
  formatLag: (seconds: number) => string;
}

/** The same values as the plots, newest first, for those who would rather read them. */
export function SampleTable({ samples, throughput, formatLag }: SampleTableProps) {
  const rates = new Map(throughput.map(({ at, value }) => [at, value]));
  return (
    <details>
      <summary className="w-fit cursor-pointer rounded-sm text-muted text-sm hover:text-ink">
        Show as a table
      </summary>
      <section
        aria-label="Lag and throughput as a table"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
        tabIndex={0}
        className="mt-2 max-h-80 overflow-y-auto rounded-md border border-line"
      >
        <table className="w-full text-sm tabular-nums">
          <thead className="sticky top-0 bg-sunken text-left text-muted">
            <tr>
              {['Time', 'Lag', 'Points to copy', 'Throughput'].map((head) => (
                <th key={head} scope="col" className="px-3 py-1.5 font-medium">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {samples.toReversed().map((sample) => {
              const rate = rates.get(Date.parse(sample.at));
              return (
                <tr key={sample.at}>
                  <th scope="row" className="px-3 py-1 text-left font-normal">
                    <Time at={sample.at} />
                  </th>
                  <td className="px-3 py-1">{formatLag(sample.lagSeconds)}</td>
                  <td className="px-3 py-1">{sample.lagPoints}</td>
                  <td className="px-3 py-1">{rate == null ? 'Not measured' : formatRate(rate)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </details>
  );
}
