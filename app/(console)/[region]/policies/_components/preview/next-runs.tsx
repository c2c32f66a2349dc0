'use client';

import { Time } from '@/components/ui/quantities';
import { planNextRuns } from '@/lib/policies/preview';
import type { Schedule } from '@/lib/policies/schedule';

interface NextRunsProps {
  rules: { name: string; schedule: Schedule }[];
  now: Date;
  count?: number;
}

/** The next runs over all rules, by the reader's clock. */
export function NextRuns({ rules, now, count = 5 }: NextRunsProps) {
  const runs = planNextRuns(rules, now, count);
  if (runs.length === 0) return <p className="text-muted">There is no further run.</p>;
  return (
    <ol className="divide-y divide-line">
      {runs.map(({ rule, at }) => (
        <li
          key={`${rule.name} ${at.toISOString()}`}
          className="flex flex-wrap justify-between gap-x-4 py-1.5"
        >
          <Time at={at} />
          <span className="text-muted">{rule.name}</span>
        </li>
      ))}
    </ol>
  );
}
