import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './password';

test('a password matches its own hash and no other', async () => {
  const hash = await hashPassword('pässword');
  expect(await verifyPassword(hash, 'pässword')).toBe(true);
  expect(await verifyPassword(hash, 'password')).toBe(false);
  expect(await verifyPassword('not a hash', 'password')).toBe(false);
});

test('nobody has no password, and finding that out takes as long as a wrong one', async () => {
  const hash = await hashPassword('right');
  await verifyPassword(null, 'warms up the hash of nobody');
  const time = async (of: string | null) => {
    const spans: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const start = performance.now();
      expect(await verifyPassword(of, 'wrong')).toBe(false);
      spans.push(performance.now() - start);
    }
    return Math.min(...spans);
  };
  const [known, unknown] = [await time(hash), await time(null)];
  expect(unknown / known).toBeGreaterThan(0.5);
  expect(unknown / known).toBeLessThan(2);
});
