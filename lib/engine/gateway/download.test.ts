import { describe, expect, test } from 'vitest';
import { attachmentHeader } from './download-routes';
import { parseRange } from './parse-range';
import { decodePath, encodePath } from './tree-path';

describe('a range', () => {
  test.each([
    [undefined, 0, 100, false],
    ['bytes=0-', 0, 100, true],
    ['bytes=10-19', 10, 10, true],
    ['bytes=90-1000', 90, 10, true],
    ['bytes=-5', 95, 5, true],
    ['bytes=-500', 0, 100, true],
    ['bytes=1-2,5-6', 0, 100, false],
    ['bytes=-', 0, 100, false],
    ['pages=1-2', 0, 100, false],
  ])('%s of 100 bytes', (header, start, length, isPartial) => {
    expect(parseRange(header, 100)).toEqual({ start, length, isPartial });
  });

  test.each(['bytes=100-', 'bytes=20-10', 'bytes=-0'])('%s of 100 bytes is refused', (header) => {
    expect(() => parseRange(header, 100)).toThrow('outside');
  });
});

test('a file name cannot break out of its header, and keeps its letters', () => {
  expect(attachmentHeader(Buffer.from('a"b\r\nset-cookie: x=ü'))).toBe(
    `attachment; filename="a_b__set-cookie_ x__"; filename*=UTF-8''a%22b__set-cookie%3A%20x%3D%C3%BC`,
  );
});

describe('an encoded path', () => {
  test('keeps every byte of every name', () => {
    const names = [Buffer.from('plain-1.txt'), Buffer.from([1, 0x2e, 0xff, 0x0a, 0x25, 0x20])];
    expect(encodePath(names)).toBe('plain-1.txt/%01.%FF%0A%25%20');
    expect(decodePath(encodePath(names))).toEqual(names);
    expect(decodePath('')).toEqual([]);
  });

  test.each(['..', 'a/../b', '.', '%2E%2E', 'a%2Fb', 'a%00'])('%s is refused', (path) => {
    expect(() => decodePath(path)).toThrow('not a path');
  });
});
