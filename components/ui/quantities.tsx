'use client';

import {
  formatBothClocks,
  formatBytes,
  formatDuration,
  formatExactBytes,
  formatRate,
  formatRelative,
  formatTime,
  formatUtc,
} from './format';
import { useIsHydrated, useNow } from './use-now';

type Moment = Date | string | number;

interface BytesProps {
  value: number | bigint | null | undefined;
}

/** A size in binary units; the exact bytes on hover. */
export function Bytes({ value }: BytesProps) {
  if (value === null || value === undefined) return <Nothing />;
  return (
    <data value={String(value)} title={formatExactBytes(value)} className="whitespace-nowrap">
      {formatBytes(value)}
    </data>
  );
}

/** Bytes each second; the exact number on hover. */
export function Rate({ bytesPerSecond }: { bytesPerSecond: number | null | undefined }) {
  if (bytesPerSecond === null || bytesPerSecond === undefined) return <Nothing />;
  return (
    <data
      value={bytesPerSecond}
      title={`${formatExactBytes(Math.round(bytesPerSecond))} a second`}
      className="whitespace-nowrap"
    >
      {formatRate(bytesPerSecond)}
    </data>
  );
}

/** A moment by the reader's clock; the exact moment by both clocks on hover. */
export function Time({ at }: { at: Moment | null | undefined }) {
  const isHydrated = useIsHydrated();
  if (at === null || at === undefined) return <Nothing />;
  const moment = new Date(at);
  return (
    <time
      dateTime={moment.toISOString()}
      title={isHydrated ? formatBothClocks(moment) : formatUtc(moment)}
      className="whitespace-nowrap"
    >
      {formatTime(moment, isHydrated ? undefined : 'UTC')}
    </time>
  );
}

/** `4 min ago` within a day, the date and time beyond it; the exact moment on hover. */
export function RelativeTime({ at }: { at: Moment | null | undefined }) {
  const now = useNow();
  if (at === null || at === undefined) return <Nothing />;
  const moment = new Date(at);
  if (!now || Math.abs(now.getTime() - moment.getTime()) >= 86_400_000) return <Time at={moment} />;
  return (
    <time dateTime={moment.toISOString()} title={formatBothClocks(moment)} className="whitespace-nowrap">
      {formatRelative(moment, now)}
    </time>
  );
}

/** A span; the exact seconds on hover. */
export function Duration({ seconds }: { seconds: number | null | undefined }) {
  if (seconds === null || seconds === undefined) return <Nothing />;
  return (
    <time
      dateTime={`PT${Math.max(0, Math.round(seconds))}S`}
      title={`${seconds} s`}
      className="whitespace-nowrap"
    >
      {formatDuration(seconds)}
    </time>
  );
}

/** Stands where there is no value. */
export function Nothing({ label = 'None' }: { label?: string }) {
  return (
    <span className="text-faint">
      <span aria-hidden>–</span>
      <span className="sr-only">{label}</span>
    </span>
  );
}
