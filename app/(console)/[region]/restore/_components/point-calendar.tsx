'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '@/components/ui/button';
import { cn } from '@/components/ui/class-names';
import { plural } from '@/components/ui/format';
import { addMonths, monthOf, weeksOf } from './month';

interface PointCalendarProps {
  /** How many points each day has, by day key. */
  counts: ReadonlyMap<string, number>;
  /** The month shown at first. */
  newest: Date;
  /** The day that the list is narrowed to. */
  day: string | null;
  onDayChange: (day: string | null) => void;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** A month with the days that have points; a day narrows the list, a second click widens it again. */
export function PointCalendar({ counts, newest, day, onDayChange }: PointCalendarProps) {
  const [month, setMonth] = useState(() => monthOf(newest));
  const title = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' }).format(
    new Date(month.year, month.month, 1),
  );
  return (
    <section aria-label="Days with backup points" className="w-full max-w-72">
      <div className="mb-2 flex items-center justify-between gap-2">
        <IconButton
          size="icon-sm"
          label="Earlier month"
          icon={<ChevronLeft />}
          onClick={() => setMonth(addMonths(month, -1))}
        />
        <p aria-live="polite" className="font-medium">
          {title}
        </p>
        <IconButton
          size="icon-sm"
          label="Later month"
          icon={<ChevronRight />}
          onClick={() => setMonth(addMonths(month, 1))}
        />
      </div>
      <table className="w-full table-fixed border-separate border-spacing-0.5 text-center text-sm">
        <thead>
          <tr>
            {weekdays.map((name) => (
              <th key={name} scope="col" className="h-7 font-normal text-muted text-xs">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(month).map((week, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a week is its place in the month
            <tr key={at}>
              {week.map((key, place) => (
                <td key={key ?? place} className="p-0">
                  {key && (
                    <Day
                      dayKey={key}
                      count={counts.get(key) ?? 0}
                      isChosen={key === day}
                      onChoose={() => onDayChange(key === day ? null : key)}
                    />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface DayProps {
  dayKey: string;
  count: number;
  isChosen: boolean;
  onChoose: () => void;
}

function Day({ dayKey, count, isChosen, onChoose }: DayProps) {
  const number = Number(dayKey.slice(-2));
  if (count === 0) return <span className="flex h-8 items-center justify-center text-muted">{number}</span>;
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      aria-label={`${dayKey}, ${plural(count, 'point')}`}
      onClick={onChoose}
      className={cn(
        'flex h-8 w-full flex-col items-center justify-center rounded-md font-medium leading-tight',
        isChosen ? 'bg-accent-fill text-on-fill' : 'bg-accent-soft text-accent hover:bg-hover',
      )}
    >
      {number}
      <span aria-hidden className={cn('size-1 rounded-full', isChosen ? 'bg-on-fill' : 'bg-accent')} />
    </button>
  );
}
