import { expect, test } from 'vitest';
import { formatAge, formatBytes, formatRate, formatSeconds, printable } from './format';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '0.98 KiB'],
  [1024, '1.00 KiB'],
  [10 * 1024, '10.0 KiB'],
  [1023 * 1024, '1.00 MiB'],
  [150 * 1024 ** 2, '150 MiB'],
  [3.5 * 1024 ** 3, '3.50 GiB'],
])('%d bytes read %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test('rates that are not known yet do not read zero', () => {
  expect(formatRate(null)).not.toContain('0');
  expect(formatRate(1024)).toBe('1.00 KiB/s');
});

test('times left read like a clock', () => {
  expect([0.4, 61, 3600, 90_061].map(formatSeconds)).toEqual(['0:00', '1:01', '1:00:00', '25:01:01']);
});

test('ages name their largest unit', () => {
  const now = new Date(1e12);
  const ago = (s: number) => formatAge(new Date(1e12 - s * 1000), now);
  expect([ago(5), ago(119), ago(7300), ago(200_000)]).toEqual(['5 s ago', '1 min ago', '2 h ago', '2 d ago']);
});

test('names cannot move the cursor', () => {
  expect(printable('a\n\u001b[2Jb')).toBe('a��[2Jb');
  expect(printable(Buffer.from([0x61, 0xff]))).toBe('a\ufffd');
});
