'use client';

import { useState } from 'react';
import { cn } from '@/components/ui/class-names';
import { formatDate } from '@/components/ui/format';
import { formatMoney } from '@/lib/billing/money';
import type { Statement, StatementDay } from '@/lib/billing/statement-schemas';
import { daysOf, formatMonth } from './month-words';

const parts = [
  { key: 'storageMicros', label: 'Storage', fill: 'fill-target', dot: 'bg-target' },
  { key: 'replicationMicros', label: 'Replication', fill: 'fill-source', dot: 'bg-source' },
  { key: 'restoreMicros', label: 'Restores', fill: 'fill-warning', dot: 'bg-warning' },
] as const;

const dateOf = (day = '') => formatDate(new Date(day), 'UTC');

const totalOf = (day: StatementDay) => parts.reduce((sum, { key }) => sum + day[key], 0);

/** What each day of the month came to, by what it was for. A pointer reads off a day. */
export function DayChart({ statement }: { statement: Statement }) {
  const { month, days, currency } = statement;
  const [pointed, setPointed] = useState<string | null>(null);
  const byDay = new Map(days.map((day) => [day.day, day]));
  const all = daysOf(month);
  const top = Math.max(0, ...days.map(totalOf));
  const money = (amountMicros: number) => formatMoney({ amountMicros, currency });
  const marked = pointed === null ? null : byDay.get(pointed);
  const said = marked
    ? `${dateOf(marked.day)}: ${parts.map(({ key, label }) => `${label} ${money(marked[key])}`).join(' · ')}`
    : top > 0
      ? `${money(top)} on the dearest day`
      : 'Nothing was charged';
  return (
    <figure className="min-w-0">
      <figcaption className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-medium">By day</span>
        <span className="text-muted text-sm tabular-nums">{said}</span>
      </figcaption>
      <div
        role="img"
        aria-label={`Charges by day of ${formatMonth(month)}: ${said}`}
        className="relative h-40 border-line border-b"
        onPointerLeave={() => setPointed(null)}
      >
        <span className="absolute inset-x-0 top-0 border-line border-t border-dashed" />
        <svg
          aria-hidden
          viewBox={`0 0 ${all.length * 10} 100`}
          preserveAspectRatio="none"
          className="absolute inset-0 size-full"
        >
          {all.map((day, at) => (
            <g key={day} onPointerEnter={() => setPointed(day)}>
              <rect
                x={at * 10}
                y={0}
                width={10}
                height={100}
                className={cn('fill-transparent', pointed === day && 'fill-hover')}
              />
              {bars(byDay.get(day), top).map(({ key, fill, y, height }) => (
                <rect key={key} x={at * 10 + 1.5} y={y} width={7} height={height} className={fill} />
              ))}
            </g>
          ))}
        </svg>
      </div>
      <div className="mt-1 flex justify-between text-faint text-xs tabular-nums">
        <span>{dateOf(all[0])}</span>
        <span>{dateOf(all.at(-1))}</span>
      </div>
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-muted text-sm">
        {parts.map(({ key, label, dot }) => (
          <li key={key} className="flex items-center gap-1.5">
            <span className={cn('size-2.5 rounded-sm', dot)} />
            {label}
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** Stacked from the ground up. */
function bars(day: StatementDay | undefined, top: number) {
  if (!day || top === 0) return [];
  let ground = 100;
  return parts.flatMap(({ key, fill }) => {
    const height = (day[key] / top) * 96;
    ground -= height;
    return height > 0 ? [{ key, fill, y: ground, height }] : [];
  });
}
