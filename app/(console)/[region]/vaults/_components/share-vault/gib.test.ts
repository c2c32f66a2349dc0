import { expect, test } from 'vitest';
import { readGib, writeGib } from './gib';

test.each([
  ['1', 2 ** 30],
  [' 0.5 ', 2 ** 29],
  ['1,5', 1.5 * 2 ** 30],
  ['', 0],
  ['a lot', null],
  ['-1', null],
  ['1e9', null],
])('%j is read as %s bytes', (typed, expected) => {
  expect(readGib(typed)).toBe(expected);
});

test.each([
  [0, '0'],
  [2 ** 30, '1'],
  [1.5 * 2 ** 30, '1.5'],
  [1_234_567, '0.00115'],
  [100 * 2 ** 30, '100'],
])('%s bytes are written as %j GiB, which reads back close', (bytes, expected) => {
  expect(writeGib(bytes)).toBe(expected);
  expect(Math.abs((readGib(expected) ?? -1) - bytes)).toBeLessThanOrEqual(bytes / 100);
});
