import type { ReplicationSample } from '@/lib/replication/schemas';

export interface PlotPoint {
  /** Milliseconds. */
  at: number;
  /** Null where nothing was measured; the line breaks there. */
  value: number | null;
}

/** Samples come once a minute; a longer silence is a gap and not a straight line. */
const gapMs = 3 * 60_000;

export function lagSeries(samples: ReplicationSample[]): PlotPoint[] {
  return withGaps(samples.map((sample) => ({ at: Date.parse(sample.at), value: sample.lagSeconds })));
}

/** Bytes each second between one sample and the next, from the running total of copied bytes. */
export function throughputSeries(samples: ReplicationSample[]): PlotPoint[] {
  const rates = samples.slice(1).map((sample, index): PlotPoint => {
    const before = samples[index] as ReplicationSample;
    const at = Date.parse(sample.at);
    const ms = at - Date.parse(before.at);
    const bytes = sample.copiedBytes - before.copiedBytes;
    return { at, value: ms <= 0 || ms > gapMs ? null : Math.max(0, bytes) / (ms / 1000) };
  });
  return withGaps(rates);
}

function withGaps(points: PlotPoint[]): PlotPoint[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    const isAfterGap = before && point.at - before.at > gapMs;
    return isAfterGap ? [{ at: before.at + 1, value: null }, point] : [point];
  });
}

export function highest(points: PlotPoint[]): number {
  return points.reduce((top, { value }) => Math.max(top, value ?? 0), 0);
}

/** The last measured value, or null. */
export function latest(points: PlotPoint[]): number | null {
  return points.findLast(({ value }) => value !== null)?.value ?? null;
}

/** The point measured nearest to a moment. */
export function nearest(points: PlotPoint[], at: number): (PlotPoint & { value: number }) | null {
  let best: (PlotPoint & { value: number }) | null = null;
  for (const { at: when, value } of points) {
    if (value === null) continue;
    if (!best || Math.abs(when - at) < Math.abs(best.at - at)) best = { at: when, value };
  }
  return best;
}
