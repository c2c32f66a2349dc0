import { expect, test } from 'vitest';
import { blockSeconds } from './sign-in-throttle';

test.each([
  ['email', 1, 0],
  ['email', 4, 0],
  ['email', 5, 1],
  ['email', 6, 2],
  ['email', 10, 32],
  ['email', 14, 512],
  ['email', 15, 900],
  ['email', 4000, 900],
  ['ip', 19, 0],
  ['ip', 20, 1],
  ['ip', 22, 4],
] as const)('%s: %i failures cost %i seconds', (kind, failures, seconds) => {
  expect(blockSeconds(kind, failures)).toBe(seconds);
});
