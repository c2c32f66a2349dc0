'use client';

import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { cn } from '@/components/ui/class-names';
import { formatTime } from '@/components/ui/format';
import { useIsHydrated } from '@/components/ui/use-now';
import { highest, latest, nearest, type PlotPoint, step } from './plot-series';

interface TimePlotProps {
  title: string;
  points: PlotPoint[];
  /** Both ends of the time axis, in milliseconds. */
  from: number;
  to: number;
  format: (value: number) => string;
  tone: 'source' | 'target';
  /** A value that should not be passed, drawn as a line with its name. */
  limit?: { value: number; label: string } | null;
}

const tones = { source: 'text-source', target: 'text-target' };

/** One measured quantity over time. A pointer or the arrow keys read off single values. */
export function TimePlot({ title, points, from, to, format, tone, limit }: TimePlotProps) {
  const [readAt, setReadAt] = useState<number | null>(null);
  const isHydrated = useIsHydrated();
  const zone = isHydrated ? undefined : 'UTC';
  const tell = (at: number) => formatTime(new Date(at), zone);
  const top = highest(points);
  const now = latest(points);
  const scale = { from, to, top: Math.max(top, limit && limit.value <= top * 4 ? limit.value : 0) };
  const marked = readAt === null ? null : nearest(points, readAt);
  const read = marked ? `${format(marked.value)} · ${tell(marked.at)}` : null;
  const point = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    setReadAt(from + ((event.clientX - box.left) / box.width) * (to - from));
  };
  const move = (event: KeyboardEvent) => {
    const next = readByKey(event.key, points, marked?.at ?? null);
    if (next === undefined) return;
    event.preventDefault();
    setReadAt(next);
  };
  const range = now === null ? 'not measured yet' : tellRange(now, top, format);
  return (
    <figure className="min-w-0">
      <figcaption className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4">
        <span className={cn('font-medium', tones[tone])}>{title}</span>
        <span className="text-muted text-sm tabular-nums">{read ?? (now === null ? null : range)}</span>
      </figcaption>
      <div
        role="slider"
        tabIndex={0}
        aria-label={`${title}: ${range}, from ${tell(from)} to ${tell(to)}`}
        aria-valuemin={from}
        aria-valuemax={to}
        aria-valuenow={marked?.at ?? to}
        aria-valuetext={read ?? range}
        onKeyDown={move}
        onBlur={() => setReadAt(null)}
        onPointerMove={point}
        onPointerLeave={() => setReadAt(null)}
        className={cn('relative h-32 rounded-sm border-line border-b outline-offset-4', tones[tone])}
      >
        <span className="absolute inset-x-0 top-0 border-line border-t border-dashed" />
        <span className="absolute top-0.5 right-0 bg-surface/80 px-1 text-muted text-xs tabular-nums">
          {scale.top > 0 && format(scale.top)}
        </span>
        <Curve points={points} scale={scale} />
        {limit && limit.value <= scale.top && <Limit {...limit} scale={scale} />}
        {marked && <Mark point={marked} scale={scale} />}
      </div>
      <div className="mt-1 flex justify-between gap-4 text-faint text-xs tabular-nums">
        <span>{tell(from)}</span>
        <span>{tell(to)}</span>
      </div>
    </figure>
  );
}

/** Undefined for a key that means nothing here. */
function readByKey(key: string, points: PlotPoint[], at: number | null): number | null | undefined {
  if (key === 'ArrowRight' || key === 'ArrowUp') return step(points, at, 1)?.at ?? null;
  if (key === 'ArrowLeft' || key === 'ArrowDown') return step(points, at, -1)?.at ?? null;
  if (key === 'Home') return step(points, null, 1)?.at ?? null;
  if (key === 'End') return step(points, null, -1)?.at ?? null;
  return key === 'Escape' ? null : undefined;
}

function tellRange(now: number, top: number, format: (value: number) => string): string {
  return top === 0 ? format(0) : `${format(now)} now · ${format(top)} at most`;
}

interface Scale {
  from: number;
  to: number;
  top: number;
}

const xOf = (at: number, { from, to }: Scale) => (to === from ? 100 : ((at - from) / (to - from)) * 100);
const yOf = (value: number, { top }: Scale) => (top === 0 ? 100 : 100 - (value / top) * 100);

function Curve({ points, scale }: { points: PlotPoint[]; scale: Scale }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      className="absolute inset-0 size-full overflow-visible"
    >
      {toRuns(points).map((run) => (
        <g key={run[0]?.at}>
          <path d={toArea(run, scale)} fill="currentColor" opacity="0.12" />
          <path
            d={toLine(run, scale)}
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
  );
}

function Limit({ value, label, scale }: { value: number; label: string; scale: Scale }) {
  return (
    <span
      className="pointer-events-none absolute inset-x-0 border-warning border-t border-dashed"
      style={{ top: `${yOf(value, scale)}%` }}
    >
      <span className="absolute top-0.5 left-0 bg-surface/80 px-1 text-warning text-xs">{label}</span>
    </span>
  );
}

function Mark({ point, scale }: { point: PlotPoint & { value: number }; scale: Scale }) {
  const left = `${xOf(point.at, scale)}%`;
  return (
    <>
      <span className="pointer-events-none absolute inset-y-0 w-px bg-line-strong" style={{ left }} />
      <span
        className="-translate-1/2 pointer-events-none absolute size-2 rounded-full bg-current ring-2 ring-surface"
        style={{ left, top: `${yOf(point.value, scale)}%` }}
      />
    </>
  );
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

function toLine(run: Run, scale: Scale): string {
  return run
    .map(
      ({ at, value }, index) =>
        `${index ? 'L' : 'M'}${xOf(at, scale).toFixed(2)} ${yOf(value, scale).toFixed(2)}`,
    )
    .join('');
}

function toArea(run: Run, scale: Scale): string {
  const [first, last] = [run[0], run.at(-1)];
  if (!first || !last) return '';
  return `${toLine(run, scale)}L${xOf(last.at, scale).toFixed(2)} 100L${xOf(first.at, scale).toFixed(2)} 100Z`;
}
