import { expect, test } from 'vitest';
import { readSpan, writeSpan } from './span-input';

test.each([
  [86_400, { count: '1', unit: 'days' }],
  [5400, { count: '90', unit: 'minutes' }],
  [7200, { count: '2', unit: 'hours' }],
  [null, { count: '', unit: 'hours' }],
] as const)('%s seconds are shown in the largest whole unit, and come back the same', (seconds, shown) => {
  expect(readSpan(seconds)).toEqual(shown);
  expect(writeSpan(readSpan(seconds))).toBe(seconds);
});

test('what is no number is no number, and half an hour may be written with a comma', () => {
  expect(writeSpan({ count: 'soon', unit: 'hours' })).toBeNaN();
  expect(writeSpan({ count: '0,5', unit: 'hours' })).toBe(1800);
});
