import { cn } from '@/components/ui/class-names';
import { formatDate } from '@/components/ui/format';
import { ScrollX } from '@/components/ui/scroll-x';
import { localDate } from '@/lib/policies/calendar';
import type { Sample, SamplePoint } from '@/lib/policies/preview';
import { type RetentionKind, retentionKinds, spell } from '@/lib/policies/retention';
import { kindWords } from '@/lib/policies/words';

const looks: Record<RetentionKind, { letter: string; look: string }> = {
  base: { letter: '', look: 'bg-ink/12' },
  daily: { letter: 'D', look: 'bg-ink/20 text-ink' },
  weekly: { letter: 'W', look: 'bg-info-soft text-info ring-1 ring-info/40 ring-inset' },
  monthly: { letter: 'M', look: 'bg-accent-soft text-accent ring-1 ring-accent/50 ring-inset' },
  yearly: { letter: 'Y', look: 'bg-accent-fill text-on-fill' },
};

interface Day {
  best: SamplePoint;
  count: number;
}

/** A year of points, day by day: the rule that keeps the longest point of each. */
export function SampleCalendar({ sample, timeZone }: { sample: Sample; timeZone: string }) {
  const days = groupByDay(sample.points, timeZone);
  const months = [...new Set([...days.keys()].map((date) => date.slice(0, 7)))];
  const kinds = retentionKinds.filter((kind) => sample.totals.some(({ by }) => by === kind));
  return (
    <div>
      <ul className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {kinds.map((kind) => (
          <li key={kind} className="flex items-center gap-1.5">
            <Cell kind={kind} /> {kindWords[kind]}
          </li>
        ))}
      </ul>
      <ScrollX label="Days of a year and the rule that keeps their longest point">
        <table className="border-separate border-spacing-[2px] text-xs">
          <tbody>
            {months.map((month) => (
              <tr key={month}>
                <th
                  scope="row"
                  className="whitespace-nowrap pr-2 text-left font-normal text-muted tabular-nums"
                >
                  {monthName(month)}
                </th>
                {daysIn(month).map((date) => {
                  const day = days.get(date);
                  return (
                    <td key={date}>
                      {day ? <Cell kind={day.best.by} title={tell(date, day)} /> : <NoRun />}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </div>
  );
}

function Cell({ kind, title }: { kind: RetentionKind; title?: string }) {
  return (
    <span
      title={title}
      className={cn(
        'flex size-4 items-center justify-center rounded-[3px] font-medium text-[9px]',
        looks[kind].look,
      )}
    >
      {looks[kind].letter}
      {title && <span className="sr-only">{title}</span>}
    </span>
  );
}

function NoRun() {
  return <span aria-hidden className="block size-4 rounded-[3px] border border-line border-dashed" />;
}

function tell(date: string, { best, count }: Day): string {
  const points = count === 1 ? '1 point' : `${count} points`;
  return `${formatDate(new Date(date), 'UTC')}: ${points}. ${best.reason.replace(/\.$/, '')}, until ${formatDate(best.expiresAt)} (${spell(best.days)}).`;
}

function groupByDay(points: SamplePoint[], timeZone: string): Map<string, Day> {
  const days = new Map<string, Day>();
  for (const point of points) {
    const date = localDate(point.at, timeZone);
    const day = days.get(date);
    const isLonger = !day || point.days > day.best.days;
    days.set(date, { best: isLonger ? point : day.best, count: (day?.count ?? 0) + 1 });
  }
  return days;
}

function daysIn(month: string): string[] {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return Array.from({ length: count }, (_, index) => `${month}-${String(index + 1).padStart(2, '0')}`);
}

function monthName(month: string): string {
  return new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
}
