import { expect, test } from 'vitest';
import { coveragePercent, sharedPlaces } from './rules';

test.each([
  [0, 0, 100],
  [0, 10, 0],
  [999, 1000, 99],
  [1000, 1000, 100],
])('%i of %i bytes checked are %i percent', (checked, total, percent) => {
  expect(coveragePercent(checked, total)).toBe(percent);
});

test('zones on one disk are told as such, and those whose place is unknown are not', () => {
  const shared = sharedPlaces([
    { id: 'a', device: 'x' },
    { id: 'b', device: 'x' },
    { id: 'c', device: 'y' },
    { id: 'd', device: null },
    { id: 'e', device: null },
  ]);
  expect([...shared]).toEqual([
    ['a', ['b']],
    ['b', ['a']],
    ['c', []],
    ['d', []],
    ['e', []],
  ]);
});
