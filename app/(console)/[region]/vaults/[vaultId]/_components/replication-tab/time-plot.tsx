'use client';

import { type PointerEvent, type ReactNode, useState } from 'react';
import { cn } from '@/components/ui/class-names';
import { formatTime } from '@/components/ui/format';
import { useIsHydrated } from '@/components/ui/use-now';
import { highest, latest, nearest, type PlotPoint } from './plot-series';

interface TimePlotProps {
  title: string;
  points: PlotPoint[];
  /** Both ends of the time axis, in milliseconds. */
  from: number;
  to: number;
  format: (value: number) => string;
  tone: 'target' | 'info';
  note?: ReactNode;
}

const tones = { target: 'text-target', info: 'text-info' };

/** One measured quantity over time; a pointer reads off single values. */
export function TimePlot({ title, points, from, to, format, tone, note }: TimePlotProps) {
  const [pointedAt, setPointedAt] = useState<number | null>(null);
  const isHydrated = useIsHydrated();
  const zone = isHydrated ? undefined : 'UTC';
  const top = highest(points);
  const now = latest(points);
  const x = (at: number) => (to === from ? 100 : ((at - from) / (to - from)) * 100);
  const y = (value: number) => (top === 0 ? 100 : 100 - (value / top) * 100);
  const marked = pointedAt === null ? null : nearest(points, pointedAt);
  const point = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    setPointedAt(from + ((event.clientX - box.left) / box.width) * (to - from));
  };
  const range = now === null ? 'not measured yet' : tellRange(now, top, format);
  const summary = `${title}: ${range}, from ${formatTime(new Date(from), zone)} to ${formatTime(new Date(to), zone)}`;
  return (
    <figure className="min-w-0">
      <figcaption className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-medium">{title}</span>
        <span aria-live="off" className="text-muted text-sm tabular-nums">
          {marked
            ? `${format(marked.value)} · ${formatTime(new Date(marked.at), zone)}`
            : now !== null && tellRange(now, top, format)}
        </span>
      </figcaption>
      <div
        role="img"
        aria-label={summary}
        onPointerMove={point}
        onPointerLeave={() => setPointedAt(null)}
        className={cn('relative h-28 border-line border-b', tones[tone])}
      >
        <span className="absolute inset-x-0 top-0 border-line border-t border-dashed" />
        <span className="absolute top-0.5 right-0 bg-surface/80 px-1 text-muted text-xs tabular-nums">
          {top > 0 && format(top)}
        </span>
        <svg
          aria-hidden
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
          className="absolute inset-0 size-full overflow-visible"
        >
          {toRuns(points).map((run) => (
            <g key={run[0]?.at}>
              <path d={toArea(run, x, y)} fill="currentColor" opacity="0.12" />
              <path
                d={toLine(run, x, y)}
                fill="none"
                stroke="currentColor"
                strokeWidth="1.5"
                strokeLinejoin="round"
                strokeLinecap="round"
                vectorEffect="non-scaling-stroke"
              />
            </g>
          ))}
        </svg>
        {marked && (
          <>
            <span
              className="pointer-events-none absolute inset-y-0 w-px bg-line-strong"
              style={{ left: `${x(marked.at)}%` }}
            />
            <span
              className="-translate-1/2 pointer-events-none absolute size-2 rounded-full bg-current ring-2 ring-surface"
              style={{ left: `${x(marked.at)}%`, top: `${y(marked.value)}%` }}
            />
          </>
        )}
      </div>
      <div className="mt-1 flex justify-between gap-4 text-faint text-xs tabular-nums">
        <span>{formatTime(new Date(from), zone)}</span>
        <span>{formatTime(new Date(to), zone)}</span>
      </div>
      {note && <p className="mt-1 text-muted text-sm">{note}</p>}
    </figure>
  );
}

function tellRange(now: number, top: number, format: (value: number) => string): string {
  return top === 0 ? format(0) : `${format(now)} now · ${format(top)} at most`;
}

type Run = { at: number; value: number }[];

function toRuns(points: PlotPoint[]): Run[] {
  const runs: Run[] = [[]];
  for (const { at, value } of points) {
    if (value === null) runs.push([]);
    else runs.at(-1)?.push({ at, value });
  }
  return runs.filter((run) => run.length > 0);
}

type Scale = (value: number) => number;

function toLine(run: Run, x: Scale, y: Scale): string {
  return run
    .map(({ at, value }, index) => `${index ? 'L' : 'M'}${x(at).toFixed(2)} ${y(value).toFixed(2)}`)
    .join('');
}

function toArea(run: Run, x: Scale, y: Scale): string {
  const [first, last] = [run[0], run.at(-1)];
  if (!first || !last) return '';
  return `${toLine(run, x, y)}L${x(last.at).toFixed(2)} 100L${x(first.at).toFixed(2)} 100Z`;
}
