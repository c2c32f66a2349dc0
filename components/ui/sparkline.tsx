import { cn } from './class-names';

interface SparklineProps {
  /** Oldest first; null is a gap in the measurement. */
  values: (number | null)[];
  /** What the line shows, in words: `Lag over the last day`. */
  label: string;
  tone?: 'info' | 'target' | 'source' | 'warning';
  width?: number;
  height?: number;
  className?: string;
}

const strokes = {
  info: 'text-info',
  target: 'text-target',
  source: 'text-source',
  warning: 'text-warning',
};

export function Sparkline({
  values,
  label,
  tone = 'info',
  width = 96,
  height = 24,
  className,
}: SparklineProps) {
  const top = Math.max(1e-9, ...values.map((value) => value ?? 0));
  const step = values.length > 1 ? (width - 2) / (values.length - 1) : 0;
  const place = (value: number, at: number) =>
    `${(1 + at * step).toFixed(1)} ${(height - 2 - (value / top) * (height - 4)).toFixed(1)}`;
  const path = values
    .map((value, at) =>
      value === null ? '' : `${at === 0 || values[at - 1] === null ? 'M' : 'L'}${place(value, at)}`,
    )
    .join('');
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      className={cn('overflow-visible', strokes[tone], className)}
    >
      <path d={`M0 ${height - 1.5}H${width}`} className="stroke-line" strokeWidth="1" />
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
