import type { ReplicationSample } from '@/lib/replication/schemas';

export interface PlotPoint {
  /** Milliseconds. */
  at: number;
  /** Null where nothing was measured; the line breaks there. */
  value: number | null;
}

/** A silence of more than three steps is a gap and not a straight line. */
const gapOf = (stepSeconds: number) => 3 * stepSeconds * 1000;

export function lagSeries(samples: ReplicationSample[], stepSeconds: number): PlotPoint[] {
  const points = samples.map((sample) => ({ at: Date.parse(sample.at), value: sample.lagSeconds }));
  return withGaps(points, gapOf(stepSeconds));
}

/** Bytes each second between one sample and the next, from the running total of copied bytes. */
export function throughputSeries(samples: ReplicationSample[], stepSeconds: number): PlotPoint[] {
  const gapMs = gapOf(stepSeconds);
  const rates = samples.slice(1).map((sample, index): PlotPoint => {
    const before = samples[index] as ReplicationSample;
    const at = Date.parse(sample.at);
    const ms = at - Date.parse(before.at);
    const bytes = sample.copiedBytes - before.copiedBytes;
    return { at, value: ms <= 0 || ms > gapMs ? null : Math.max(0, bytes) / (ms / 1000) };
  });
  return withGaps(rates, gapMs);
}

function withGaps(points: PlotPoint[], gapMs: number): PlotPoint[] {
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

/** The measured point beside another one: the next for 1, the one before for -1; at an end the end itself. */
export function step(
  points: PlotPoint[],
  from: number | null,
  by: 1 | -1,
): (PlotPoint & { value: number }) | null {
  const measured = points.filter((point): point is PlotPoint & { value: number } => point.value !== null);
  if (measured.length === 0) return null;
  if (from === null) return measured.at(by === 1 ? 0 : -1) ?? null;
  const at = measured.findIndex((point) => point.at === from);
  const next = at < 0 ? measured.length - 1 : at + by;
  return measured[Math.min(measured.length - 1, Math.max(0, next))] ?? null;
}
