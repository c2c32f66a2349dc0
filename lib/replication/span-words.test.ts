import { expect, test } from 'vitest';
import { spanWords } from './span-words';

test.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [90, '1 minute 30 seconds'],
  [3600, '1 hour'],
  [108_000, '1 day 6 hours'],
  [86_400 * 12 + 3600, '12 days'],
])('%i seconds are %s', (seconds, words) => {
  expect(spanWords(seconds)).toBe(words);
});
