import { Id } from '@/components/ui/copyable';
import { plural } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { RelativeTime } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import type { Damage } from '@/lib/storage/schemas';

const kindWords: Record<Damage['kind'], string> = {
  corrupt: 'Bytes changed',
  truncated: 'Cut short',
  missing: 'Missing',
  swapped: 'Another pack of this vault in its place',
  foreign: 'Sealed for another vault',
};

const sources = { zone: 'from another zone', replica: 'from the replica', source: 'from the source vault' };

/** What was found damaged, what became of it, and which points and files need it. */
export function DamagePanel({ damages }: { damages: Damage[] }) {
  return (
    <Panel title="Damage found" description="Objects whose bytes were not what they should be.">
      <ul aria-label="Damage found" className="flex flex-col divide-y divide-line">
        {damages.map((damage) => (
          <li key={damage.id} className="flex flex-col gap-1 py-2.5">
            <div className="flex flex-wrap items-baseline justify-between gap-x-4">
              <Status kind={damage.state === 'open' ? 'danger' : 'success'}>
                {kindWords[damage.kind]}
                {damage.zone && ` in zone ${damage.zone}`}
                {damage.state !== 'open' &&
                  `, healed${damage.healedFrom ? ` ${sources[damage.healedFrom]}` : ''}`}
              </Status>
              <span className="text-muted text-sm">
                found <RelativeTime at={damage.foundAt} />
              </span>
            </div>
            <Id value={damage.objectName} />
            {damage.state === 'open' && <Hits damage={damage} />}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Hits({ damage }: { damage: Damage }) {
  if (damage.points.length === 0)
    return <p className="text-muted text-sm">No backup point is known to need it.</p>;
  const hidden = damage.fileCount - damage.files.length;
  return (
    <div className="text-sm">
      <p>
        {plural(damage.points.length, 'backup point')} and {plural(damage.fileCount, 'file')} need it. The
        other files of these points can be restored.
      </p>
      <ul className="mt-1 max-h-40 overflow-y-auto font-mono text-xs">
        {damage.files.map(({ pointId, path }) => (
          <li key={`${pointId}${path}`} className="wrap-anywhere">
            {pointId} {path}
          </li>
        ))}
      </ul>
      {hidden > 0 && <p className="text-muted">and {plural(hidden, 'file')} more.</p>}
    </div>
  );
}
