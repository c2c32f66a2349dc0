import { expect, it } from 'vitest';
import { Slabs } from './slabs';

it('gives the smallest slab that holds what was asked for', () => {
  const slabs = new Slabs([10, 20, 40], 100);
  expect([1, 10, 11, 20, 40].map((bytes) => slabs.take(bytes).length)).toEqual([10, 10, 20, 20, 40]);
  expect(slabs.largest).toBe(40);
  expect(() => slabs.take(41)).toThrow(RangeError);
});

it('uses a slab again, and never one that was not given back', () => {
  const slabs = new Slabs([10, 20], 100);
  const [first, second] = [slabs.take(10), slabs.take(10)];
  slabs.give(first);
  expect(slabs.take(20)).not.toBe(first);
  expect(slabs.take(10)).toBe(first);
  expect([first, second]).not.toContain(slabs.take(10));
});
