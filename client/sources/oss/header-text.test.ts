import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHeader, toHeader } from './header-text';

test('every text comes back from its header, which is ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const header = toHeader(text);
      expect(header).toMatch(/^[\x20-\x7e]*$/);
      expect(fromHeader(header)).toBe(text);
    }),
  );
});

test.each([
  ['two words', 'two words'],
  ['=?UTF-8?B?w7xiZXI=?=', 'über'],
  [Buffer.from('über').toString('latin1'), 'über'],
  ['\xfcber', 'über'],
])('%j is read as %j', (value, text) => {
  expect(fromHeader(value)).toBe(text);
});
