import { expect, test } from 'vitest';
import { highest, lagSeries, latest, nearest, throughputSeries } from './plot-series';

const sample = (minute: number, copiedBytes: number, lagSeconds = 0) => ({
  at: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
  copiedBytes,
  lagPoints: 0,
  lagSeconds,
});
const values = (points: { value: number | null }[]) => points.map(({ value }) => value);

test('throughput is what the running total grew by, each second', () => {
  const series = throughputSeries([sample(0, 0), sample(1, 6000), sample(2, 6000), sample(3, 12_000)]);
  expect(values(series)).toEqual([100, 0, 100]);
});

test('minutes without a sample break the line instead of being drawn through', () => {
  const samples = [sample(0, 0, 5), sample(1, 60, 6), sample(30, 9000, 7), sample(31, 9060, 8)];
  expect(values(lagSeries(samples))).toEqual([5, 6, null, 7, 8]);
  expect(values(throughputSeries(samples))).toEqual([1, null, null, 1]);
});

test('one sample has a lag and no throughput', () => {
  expect(values(lagSeries([sample(0, 10, 4)]))).toEqual([4]);
  expect(throughputSeries([sample(0, 10)])).toEqual([]);
});

test('the highest, the latest and the nearest value pass over gaps', () => {
  const series = lagSeries([sample(0, 0, 9), sample(1, 0, 2), sample(40, 0, 3)]);
  expect(highest(series)).toBe(9);
  expect(latest(series)).toBe(3);
  expect(nearest(series, Date.UTC(2026, 0, 1, 0, 2))?.value).toBe(2);
  expect(nearest([], 0)).toBeNull();
});
