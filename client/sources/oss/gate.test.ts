import { expect, test } from 'vitest';
import { ByteBudget, Gate } from './gate';

test('a gate lets in as many as it may, fewer after a call to slow down, and more again with good answers', async () => {
  const gate = new Gate(8);
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
  };
  const many = (count: number) => Promise.all(Array.from({ length: count }, () => gate.run(work)));
  await many(40);
  expect(most).toBe(8);
  gate.slowDown();
  gate.slowDown();
  most = 0;
  await many(7);
  expect([most, gate.limit]).toEqual([2, 2]);
  await many(200);
  expect(gate.limit).toBe(8);
  for (let i = 0; i < 10; i++) gate.slowDown();
  expect(gate.limit).toBe(1);
});

test('a budget is given out in the order of asking, and what is larger than all of it comes alone', async () => {
  const budget = new ByteBudget(100);
  const order: string[] = [];
  const take = (name: string, bytes: number) => budget.take(bytes).then(() => order.push(name));
  await take('a', 60);
  const taking = [take('b', 500), take('c', 10)];
  await Promise.resolve();
  expect(order).toEqual(['a']);
  budget.give(60);
  await taking[0];
  expect(order).toEqual(['a', 'b']);
  budget.give(500);
  await taking[1];
  expect(order).toEqual(['a', 'b', 'c']);
});
