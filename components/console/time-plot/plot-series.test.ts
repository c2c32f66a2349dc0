import { expect, test } from 'vitest';
import { highest, lagSeries, latest, nearest, step, throughputSeries } from './plot-series';

const sample = (minute: number, copiedBytes: number, lagSeconds = 0) => ({
  at: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
  copiedBytes,
  lagPoints: 0,
  lagSeconds,
});
const values = (points: { value: number | null }[]) => points.map(({ value }) => value);

test('throughput is what the running total grew by, each second', () => {
  const series = throughputSeries([sample(0, 0), sample(1, 6000), sample(2, 6000), sample(3, 12_000)], 60);
  expect(values(series)).toEqual([100, 0, 100]);
});

test('minutes without a sample break the line instead of being drawn through', () => {
  const samples = [sample(0, 0, 5), sample(1, 60, 6), sample(30, 9000, 7), sample(31, 9060, 8)];
  expect(values(lagSeries(samples, 60))).toEqual([5, 6, null, 7, 8]);
  expect(values(throughputSeries(samples, 60))).toEqual([1, null, null, 1]);
});

test('one sample has a lag and no throughput', () => {
  expect(values(lagSeries([sample(0, 10, 4)], 60))).toEqual([4]);
  expect(throughputSeries([sample(0, 10)], 60)).toEqual([]);
});

test('the highest, the latest and the nearest value pass over gaps', () => {
  const series = lagSeries([sample(0, 0, 9), sample(1, 0, 2), sample(40, 0, 3)], 60);
  expect(highest(series)).toBe(9);
  expect(latest(series)).toBe(3);
  expect(nearest(series, Date.UTC(2026, 0, 1, 0, 2))?.value).toBe(2);
  expect(nearest([], 0)).toBeNull();
});

test('coarser samples are further apart before a gap shows', () => {
  const samples = [sample(0, 0, 5), sample(30, 0, 6), sample(300, 0, 7)];
  expect(values(lagSeries(samples, 1800))).toEqual([5, 6, null, 7]);
});

test('arrow keys go from one measured value to the next, over gaps, and stay at the ends', () => {
  const series = lagSeries([sample(0, 0, 9), sample(1, 0, 2), sample(40, 0, 3)], 60);
  const at = (minute: number) => Date.UTC(2026, 0, 1, 0, minute);
  expect(step(series, null, 1)?.value).toBe(9);
  expect(step(series, null, -1)?.value).toBe(3);
  expect(step(series, at(1), 1)?.value).toBe(3);
  expect(step(series, at(40), 1)?.value).toBe(3);
  expect(step(series, at(0), -1)?.value).toBe(9);
  expect(step([], null, 1)).toBeNull();
});
