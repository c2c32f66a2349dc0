import { expect, it } from 'vitest';
import { describeReplicas } from './describe-replicas';

const point = (hour: number, sourceBytes: number) => ({
  sourceName: 'web-1',
  createdAt: `2026-05-04T0${hour}:30:00Z`,
  sourceBytes,
});

it('names one point with its time and size', () => {
  expect(describeReplicas([point(1, 1536)])).toBe('web-1 of 2026-05-04 01:30 (1.5 KiB)');
});

it('names five, counts the rest and sums them all', () => {
  const text = describeReplicas(Array.from({ length: 7 }, (_, i) => point(i, 1024 ** 3)));
  expect(text.match(/web-1/g)).toHaveLength(5);
  expect(text).toMatch(/\) and 2 more; 7\.0 GiB of source data in all$/);
});

it('says bytes below a KiB and nothing as what they are', () => {
  expect(describeReplicas([point(1, 0)])).toMatch(/\(0 B\)$/);
  expect(describeReplicas([point(1, 1023)])).toMatch(/\(1023 B\)$/);
});
