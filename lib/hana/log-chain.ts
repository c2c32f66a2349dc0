interface NamedObject {
  path: string;
}

export interface LogRange {
  volume: number;
  first: number;
  last: number;
}

export interface LogGap {
  volume: number;
  /** The log is there up to the one position and again from the other. */
  after: number;
  before: number;
}

/** What HANA writes into the names of its log backups: `log_backup_<volume>_<partition>_<first>_<last>.<backup id>`. */
export function logRangeOf(path: string): LogRange | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const parts = /^log_backup_([0-9]+)_[0-9]+_([0-9]+)_([0-9]+)(?:\.[0-9]+)?$/.exec(name);
  if (!parts || isCatalog(path)) return null;
  const [volume, first, last] = parts.slice(1).map(Number) as [number, number, number];
  return last >= first ? { volume, first, last } : null;
}

/** Backups of the catalog go under the name of a log backup of no volume. */
export function isCatalog(path: string): boolean {
  return /(?:^|\/)log_backup_0_0_0_0(?:\.[0-9]+)?$/.test(path);
}

/**
 * Where a volume's log is not continuous, as far as the names tell: each log backup begins where an earlier one ended. Where
 * log was lost on purpose, by a change of the log mode say, the names look the same as if a backup were missing.
 */
export function findLogGaps(objects: readonly NamedObject[]): LogGap[] {
  const byVolume = new Map<number, LogRange[]>();
  for (const { path } of objects) {
    const range = logRangeOf(path);
    if (range) byVolume.set(range.volume, [...(byVolume.get(range.volume) ?? []), range]);
  }
  return [...byVolume.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([volume, ranges]) => gapsOf(volume, ranges));
}

function gapsOf(volume: number, ranges: LogRange[]): LogGap[] {
  const gaps: LogGap[] = [];
  let reached: number | null = null;
  for (const { first, last } of ranges.sort((a, b) => a.first - b.first)) {
    if (reached !== null && first > reached + 1) gaps.push({ volume, after: reached, before: first });
    reached = Math.max(reached ?? last, last);
  }
  return gaps;
}
