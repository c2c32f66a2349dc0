import { expect, it } from 'vitest';
import { Budget } from './budget';

it('takes every part once, and again only while its longest taking fits into what is left', async () => {
  let now = 100;
  const budget = new Budget(60, () => now);
  const take = (part: string, seconds: number) =>
    budget.take(part, async () => {
      now += seconds;
    });
  await take('tree', 20);
  await take('large', 15);
  expect(budget.allows('tree')).toBe(true);
  await take('tree', 12);
  // 47 of 60 are over: 13 are left, the longest taking of each was longer
  expect(budget.allows('tree')).toBe(false);
  expect(budget.allows('large')).toBe(false);
  expect(budget.allows('never taken')).toBe(true);
  expect(budget.tookSeconds).toEqual({ tree: [20, 12], large: [15] });
});

it('counts what a failed taking took', async () => {
  let now = 0;
  const budget = new Budget(10, () => now);
  const failing = budget.take('tree', async () => {
    now += 9;
    throw new Error('the disk is full');
  });
  await expect(failing).rejects.toThrow('the disk is full');
  expect(budget.allows('tree')).toBe(false);
});
