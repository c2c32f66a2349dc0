import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { KeptMemory } from './kept-memory';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pieces = (...lengths: number[]) => lengths.map((length) => new Uint8Array(length));
const keeping = (maxBytes: number) => new KeptMemory<Uint8Array>((piece) => piece.length, maxBytes);

it('gives the newest piece that fits, once', () => {
  const kept = keeping(100);
  const [small, large, other] = pieces(10, 20, 10);
  for (const piece of [small!, large!, other!]) kept.give(piece);
  expect(kept.take(({ length }) => length === 10)).toBe(other);
  expect(kept.take(({ length }) => length === 10)).toBe(small);
  expect(kept.take(({ length }) => length === 10)).toBeUndefined();
  expect(kept.take()).toBe(large);
});

it('keeps no more bytes than it may, and lets the oldest go', () => {
  const kept = keeping(30);
  const [old, middle, last] = pieces(20, 10, 20);
  for (const piece of [old!, middle!, last!]) kept.give(piece);
  expect([kept.take(), kept.take(), kept.take()]).toEqual([last, middle, undefined]);
});

it('lets everything go that was not used for five seconds', () => {
  const kept = keeping(100);
  const [first, second] = pieces(10, 10);
  kept.give(first!);
  vi.advanceTimersByTime(4000);
  kept.give(second!);
  vi.advanceTimersByTime(4000);
  expect(kept.take()).toBe(second);
  kept.give(second!);
  vi.advanceTimersByTime(5000);
  expect(kept.take()).toBeUndefined();
});
