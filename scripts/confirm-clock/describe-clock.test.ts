import { expect, test } from 'vitest';
import { describeClock } from './main';

const now = new Date('2027-05-01T00:00:00Z');
const trustedAt = new Date('2026-05-01T00:00:00Z');
const held = { now, trustedAt, wasHeld: true, duePoints: 41 };

test('the operator is told how many points would go before anything is confirmed', () => {
  const text = describeClock(held, false).join('\n');
  expect(text).toContain('2027-05-01T00:00:00.000Z');
  expect(text).toContain('41 backup points will be deleted when you confirm it');
  expect(text).toContain('--yes');
});

test('a clock that is believed asks for nothing', () => {
  expect(describeClock({ ...held, wasHeld: false }, false).at(-1)).toContain('nothing to confirm');
});
