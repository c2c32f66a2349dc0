const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

const second = 1;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `0 B`, `512 B`, `1.2 GiB`, `234 MiB`. A size above zero is never shown as zero. */
export function formatBytes(bytes: number | bigint): string {
  let value = Math.abs(Number(bytes));
  const sign = Number(bytes) < 0 ? '−' : '';
  let unit = 0;
  while (unit < byteUnits.length - 1 && Number(roundForUnit(value, unit)) >= 1024) {
    value /= 1024;
    unit += 1;
  }
  return `${sign}${roundForUnit(value, unit)} ${byteUnits[unit]}`;
}

function roundForUnit(value: number, unit: number): string {
  if (unit === 0) return String(Math.ceil(value));
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

/** `1,234,567 bytes`: the exact number, for hover. */
export function formatExactBytes(bytes: number | bigint): string {
  return `${formatCount(bytes)} ${Number(bytes) === 1 ? 'byte' : 'bytes'}`;
}

/** `12.4 MiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** `12,345`. */
export function formatCount(count: number | bigint): string {
  return count.toLocaleString('en-US');
}

/** `1 file`, `2,310 files`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `45 s`, `4 min`, `1 h 12 min`, `3 d 4 h`; at most two units, rounded down. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 1) return 'under 1 s';
  if (whole < minute) return `${whole} s`;
  if (whole < hour) return `${Math.floor(whole / minute)} min`;
  if (whole < day) return twoUnits(whole, hour, 'h', minute, 'min');
  return twoUnits(whole, day, 'd', hour, 'h');
}

function twoUnits(
  seconds: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = Math.floor((seconds % large) / small);
  const first = `${formatCount(Math.floor(seconds / large))} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

/** `about 4 min left`. */
export function formatTimeLeft(seconds: number): string {
  return seconds < 1 ? 'almost done' : `about ${formatDuration(seconds)} left`;
}

/**
 * `just now`, `4 min ago`, `in 3 d`; one unit, rounded down. A few seconds ahead is now: the reader's clock
 * moves in beats.
 */
export function formatRelative(at: Date, now: Date): string {
  const seconds = (now.getTime() - at.getTime()) / 1000;
  if (seconds > -10 && seconds < 5) return 'just now';
  const span = formatOneUnit(Math.floor(Math.abs(seconds)));
  return seconds > 0 ? `${span} ago` : `in ${span}`;
}

function formatOneUnit(seconds: number): string {
  if (seconds < hour) return formatDuration(seconds);
  return seconds < day ? `${Math.floor(seconds / hour)} h` : `${formatCount(Math.floor(seconds / day))} d`;
}

/** `12 Jan 2026, 14:03` in the given zone; the reader's own when none is given. */
export function formatTime(at: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(at);
}

/** `12 Jan 2026`. */
export function formatDate(at: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone,
  }).format(at);
}

/** `2026-01-12 14:03:22 UTC`. */
export function formatUtc(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `2026-01-12 14:03:22 GMT+1 · 2026-01-12 13:03:22 UTC`: both clocks, for hover. */
export function formatBothClocks(at: Date, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'long',
    hourCycle: 'h23',
    timeZone,
  }).format(at);
  return `${parts} · ${formatUtc(at)}`;
}

/** `0 %`, `<1 %`, `42 %`, `99.6 %`, `100 %`; rounded down, so that 100 % means done. */
export function formatPercent(fraction: number): string {
  const percent = Math.min(1, Math.max(0, fraction)) * 100;
  if (percent === 0) return '0 %';
  if (percent < 1) return '<1 %';
  if (percent >= 99 && percent < 100) return `${(Math.floor(percent * 10) / 10).toFixed(1)} %`;
  return `${Math.floor(percent)} %`;
}

export interface Lag {
  /** Age of the oldest byte that is not at the target yet. */
  seconds: number;
  points: number;
  bytes: number;
}

/** `4 min behind · 2 points · 1.2 GiB`, or `Up to date`. */
export function formatLag(lag: Lag): string {
  if (lag.points === 0 && lag.bytes === 0) return 'Up to date';
  return [`${formatDuration(lag.seconds)} behind`, plural(lag.points, 'point'), formatBytes(lag.bytes)].join(
    ' · ',
  );
}

/** Keeps the head and the tail of an id or a hash: `v-0003rf…5x9k`. */
export function cutMiddle(text: string, head = 8, tail = 4): string {
  const letters = Array.from(text);
  if (letters.length <= head + tail + 1) return text;
  return `${letters.slice(0, head).join('')}…${letters.slice(-tail).join('')}`;
}
