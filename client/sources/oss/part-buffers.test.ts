import { expect, test } from 'vitest';
import { PartBuffers, roomFor } from './part-buffers';

const mib = 1024 * 1024;

test('a size has room for it, and at most half as much more', () => {
  for (const length of [5000, 20 * 1024, 100_000, mib, mib + 1, 5 * mib, 8 * mib]) {
    expect(roomFor(length)).toBeGreaterThanOrEqual(length);
    expect(roomFor(length)).toBeLessThanOrEqual(1.5 * length);
  }
  expect(roomFor(8 * mib)).toBe(8 * mib);
  expect(roomFor(0)).toBe(0);
});

test('a buffer that is given back is taken again, with the length that is asked for', () => {
  const buffers = new PartBuffers(16 * mib);
  const first = buffers.take(20 * 1024);
  buffers.give(first);
  const second = buffers.take(22 * 1024);
  expect([second.length, second.buffer === first.buffer]).toEqual([22 * 1024, true]);
  expect(buffers.take(22 * 1024).buffer).not.toBe(first.buffer);
  expect(buffers.take(0)).toHaveLength(0);
});

test('what nobody uses gives way to what is wanted', () => {
  const buffers = new PartBuffers(16 * mib);
  const [large, other] = [buffers.take(8 * mib), buffers.take(8 * mib)];
  buffers.give(large);
  buffers.take(mib);
  expect(buffers.take(8 * mib).buffer).not.toBe(large.buffer);
  buffers.give(other);
  expect(buffers.take(8 * mib).buffer).not.toBe(other.buffer);
});
