'use client';

import { useMemo } from 'react';
import { formatCount, plural } from '@/components/ui/format';
import { ScrollX } from '@/components/ui/scroll-x';
import { type PlannedRule, planSample } from '@/lib/policies/preview';
import { spell } from '@/lib/policies/retention';
import { describeRetention, describeSchedule, kindWords } from '@/lib/policies/words';
import { SampleCalendar } from './sample-calendar';

interface RulePreviewProps {
  rule: PlannedRule & { name: string };
  now: Date;
  hasCalendar?: boolean;
}

/** What a rule makes in a year and what of it is held at a time, with the reason for each kind of point. */
export function RulePreview({ rule, now, hasCalendar = true }: RulePreviewProps) {
  const key = JSON.stringify(rule);
  const from = Math.floor(now.getTime() / 3_600_000) * 3_600_000;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rule is compared by what it says
  const sample = useMemo(() => planSample(rule, new Date(from)), [key, from]);
  return (
    <div className="flex flex-col gap-3">
      <div>
        <p className="font-medium">{rule.name}</p>
        <p className="text-muted">
          {describeSchedule(rule.schedule)}. Kept {describeRetention(rule.retention)}.
        </p>
      </div>
      <ScrollX label={`Points of ${rule.name}`}>
        <table className="w-full min-w-md text-sm">
          <thead>
            <tr className="text-left text-muted">
              <th className="py-1 pr-4 font-normal">Which points</th>
              <th className="py-1 pr-4 text-right font-normal">Kept for</th>
              <th className="py-1 pr-4 text-right font-normal">Made in a year</th>
              <th className="py-1 text-right font-normal">Held at a time</th>
            </tr>
          </thead>
          <tbody className="tabular-nums">
            {sample.totals.map((total) => (
              <tr key={total.by} className="border-line border-t">
                <td className="py-1 pr-4">{kindWords[total.by]}</td>
                <td className="py-1 pr-4 text-right">{spell(total.days)}</td>
                <td className="py-1 pr-4 text-right">{formatCount(total.made)}</td>
                <td className="py-1 text-right">{formatCount(total.held)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      <p>
        In the long run it holds <span className="font-medium">{plural(sample.heldPoints, 'point')}</span> of
        what it protects
        {sample.heldArchived > 0 && `, ${formatCount(sample.heldArchived)} of them in the archive tier`}.
      </p>
      {hasCalendar && <SampleCalendar sample={sample} timeZone={rule.schedule.timeZone} />}
    </div>
  );
}
