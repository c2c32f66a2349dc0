import Link from 'next/link';
import { Panel } from '@/components/ui/panel';
import { RelativeTime } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import type { Concern } from './list-concerns';

const shown = 8;
const words = { danger: 'Failed', warning: 'Warning', pending: 'Waiting for you' };

/** What needs someone now. */
export function ConcernList({ concerns }: { concerns: Concern[] }) {
  return (
    <Panel title="Needs attention" isFlush>
      {concerns.length === 0 ? (
        <p className="px-4 py-3 text-muted">
          <Status kind="success">Nothing needs you</Status>
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {concerns.slice(0, shown).map((concern) => (
            <li key={`${concern.kind}-${concern.id}`} className="px-4 py-2.5">
              <div className="flex items-baseline justify-between gap-3 text-sm">
                <Status kind={concern.kind}>{words[concern.kind]}</Status>
                <span className="text-muted">{concern.at && <RelativeTime at={concern.at} />}</span>
              </div>
              <Link href={concern.href} className="link wrap-anywhere mt-0.5 block font-medium">
                {concern.title}
              </Link>
              {concern.detail && <p className="wrap-anywhere text-muted text-sm">{concern.detail}</p>}
            </li>
          ))}
        </ul>
      )}
      {concerns.length > shown && (
        <p className="border-line border-t px-4 py-2 text-muted text-sm">
          and {concerns.length - shown} more
        </p>
      )}
    </Panel>
  );
}
