import { expect, test } from 'vitest';
import { bytesPerGib, chargeMicros, chargePerGibMicros, formatDecimal, formatMoney } from './money';

test.each([
  [0, '$0.00'],
  [1, '$0.000001'],
  [12_345, '$0.0123'],
  [20_000, '$0.02'],
  [1_234_567, '$1.23'],
  [1_234_567_000_000, '$1,234,567.00'],
])('%i millionths read as %s', (amountMicros, text) => {
  expect(formatMoney({ amountMicros, currency: 'USD' })).toBe(text);
});

test('charges are rounded half up to a millionth, and exact for sizes beyond floating point', () => {
  expect(chargeMicros(1n, 2n, 1)).toBe(1);
  expect(chargeMicros(1n, 3n, 1)).toBe(0);
  expect(chargeMicros(2n ** 70n + 1n, 2n ** 70n, 20_000)).toBe(20_000);
  expect(chargePerGibMicros(Number(bytesPerGib) * 3, 7)).toBe(21);
});

test('amounts are written out to the millionth', () => {
  expect(['0.000001', '12.340000']).toEqual([formatDecimal(1), formatDecimal(12_340_000)]);
});
