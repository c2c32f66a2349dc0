'use client';

import { TriangleAlert } from 'lucide-react';
import { cn } from './class-names';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatExactBytes,
  formatPercent,
  formatRate,
  formatTimeLeft,
} from './format';
import { useNow } from './use-now';

type Tone = 'info' | 'success' | 'warning' | 'danger';
const toneClass: Record<Tone, string> = {
  info: 'bg-info',
  success: 'bg-success',
  warning: 'bg-warning',
  danger: 'bg-danger',
};

interface ProgressProps {
  label: string;
  /** From 0 to 1; null when the whole is not known yet. */
  fraction: number | null;
  tone?: Tone;
  className?: string;
}

/** The bare bar. It moves only when its value does. */
export function Progress({ label, fraction, tone = 'info', className }: ProgressProps) {
  const clamped = fraction === null ? null : Math.min(1, Math.max(0, fraction));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={clamped === null ? undefined : Math.floor(clamped * 100)}
      aria-valuetext={clamped === null ? 'Size not known yet' : formatPercent(clamped)}
      className={cn('h-1.5 overflow-hidden rounded-full bg-line', className)}
    >
      <div
        className={cn('h-full rounded-full transition-[width]', toneClass[tone])}
        style={{ width: clamped === null ? 0 : clamped > 0 ? `max(4px, ${clamped * 100}%)` : 0 }}
      />
    </div>
  );
}

export interface TransferProgressProps {
  label: string;
  doneBytes: number;
  /** Null while the whole is still being counted. */
  totalBytes: number | null;
  rateBytesPerSecond?: number | null;
  secondsLeft?: number | null;
  doneFiles?: number;
  totalFiles?: number | null;
  /** When the measured bytes last moved; after `stalledAfterSeconds` the bar says that they do not. */
  lastProgressAt?: Date | string | null;
  stalledAfterSeconds?: number;
  state?: 'running' | 'done' | 'failed';
}

/** Measured bytes, rate and time left. */
export function TransferProgress(props: TransferProgressProps) {
  const {
    label,
    doneBytes,
    totalBytes,
    state = 'running',
    lastProgressAt,
    stalledAfterSeconds = 120,
  } = props;
  const now = useNow();
  const silentSeconds =
    now && lastProgressAt ? (now.getTime() - new Date(lastProgressAt).getTime()) / 1000 : 0;
  const isStalled = state === 'running' && silentSeconds >= stalledAfterSeconds;
  const fraction =
    state === 'done' ? 1 : totalBytes === null ? null : totalBytes === 0 ? 0 : doneBytes / totalBytes;
  const tone = state === 'failed' ? 'danger' : state === 'done' ? 'success' : isStalled ? 'warning' : 'info';
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-3">
        <span className="font-medium">{label}</span>
        <span className="text-muted tabular-nums">
          {fraction === null ? 'counting' : formatPercent(fraction)}
        </span>
      </div>
      <Progress label={label} fraction={fraction} tone={tone} />
      <div className="flex flex-wrap justify-between gap-x-4 gap-y-0.5 text-muted text-sm tabular-nums">
        <span title={formatExactBytes(doneBytes)}>
          {formatBytes(doneBytes)}
          {totalBytes !== null && ` of ${formatBytes(totalBytes)}`}
          {props.doneFiles !== undefined && ` · ${countFiles(props.doneFiles, props.totalFiles)}`}
        </span>
        {isStalled ? (
          <span className="flex items-center gap-1 font-medium text-warning">
            <TriangleAlert className="size-3.5" aria-hidden /> No progress for {formatDuration(silentSeconds)}
          </span>
        ) : (
          state === 'running' && <span>{describePace(props)}</span>
        )}
      </div>
    </div>
  );
}

function countFiles(done: number, total: number | null | undefined): string {
  return total === null || total === undefined
    ? `${formatCount(done)} files`
    : `${formatCount(done)} of ${formatCount(total)} files`;
}

function describePace({ rateBytesPerSecond, secondsLeft }: TransferProgressProps): string {
  const parts: string[] = [];
  if (rateBytesPerSecond !== null && rateBytesPerSecond !== undefined)
    parts.push(formatRate(rateBytesPerSecond));
  if (secondsLeft !== null && secondsLeft !== undefined) parts.push(formatTimeLeft(secondsLeft));
  return parts.join(' · ');
}
