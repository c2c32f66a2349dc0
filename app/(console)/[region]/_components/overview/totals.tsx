import type { ReactNode } from 'react';
import { formatCount, formatDuration, plural } from '@/components/ui/format';
import { Bytes } from '@/components/ui/quantities';
import type { Replication } from '@/lib/replication/schemas';
import type { Vault } from '@/lib/vaults/schemas';

interface TotalsProps {
  vaults: Vault[];
  replications: Replication[];
}

/** The account over all regions in five numbers, the lag first. */
export function Totals({ vaults, replications }: TotalsProps) {
  const sum = (pick: (vault: Vault) => number) => vaults.reduce((total, vault) => total + pick(vault), 0);
  const targets = vaults.filter(({ kind }) => kind === 'replication_target').length;
  const items = [
    tellWorstLag(replications),
    {
      label: 'Vaults',
      value: formatCount(vaults.length),
      note: plural(targets, 'replication target'),
    },
    {
      label: 'Backup points',
      value: formatCount(sum(({ pointCount }) => pointCount)),
      note: 'to restore from',
    },
    {
      label: 'Source data',
      value: <Bytes value={sum(({ sourceBytes }) => sourceBytes)} />,
      note: 'over all points',
    },
    {
      label: 'Stored data',
      value: <Bytes value={sum(({ storedBytes }) => storedBytes)} />,
      note: 'deduplicated and sealed',
    },
  ];
  return (
    <section aria-label="Totals" className="panel @container">
      <dl className="grid @3xl:grid-cols-5 grid-cols-2 gap-px overflow-hidden rounded-lg bg-line">
        {items.map(({ label, value, note }) => (
          <div key={label} className="bg-surface px-4 py-3 @max-3xl:first:col-span-2">
            <dt className="text-muted text-sm">{label}</dt>
            <dd className="mt-0.5 font-semibold text-2xl tabular-nums tracking-[-0.01em]">{value}</dd>
            <dd className="text-muted text-sm">{note}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function tellWorstLag(replications: Replication[]): { label: string; value: ReactNode; note: string } {
  const active = replications.filter(({ state }) => state === 'active');
  const label = 'Furthest behind';
  if (active.length === 0) return { label, value: '–', note: 'no replication runs' };
  const behind = active.filter(({ lag }) => lag.points > 0);
  const [worst] = behind.sort((a, b) => b.lag.seconds - a.lag.seconds);
  const copying = active.filter(({ history }) => !history.completedAt).length;
  const waiting = active.filter(({ waitingReason }) => waitingReason).length;
  if (!worst && waiting > 0) {
    return { label, value: 'Waiting', note: plural(waiting, 'replication waits', 'replications wait') };
  }
  if (!worst) {
    const note =
      copying > 0
        ? `${plural(copying, 'initial sync', 'initial syncs')} running`
        : 'every new point is copied';
    return { label, value: copying > 0 ? 'Catching up' : 'Up to date', note };
  }
  return {
    label,
    value: formatDuration(worst.lag.seconds),
    note: `${worst.source.vaultName}, ${plural(worst.lag.points, 'point')}`,
  };
}
