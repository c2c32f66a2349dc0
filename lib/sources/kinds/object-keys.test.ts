import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isEntryName } from '@/lib/engine/core/tree/fields';
import { besideFolder, compareInTree, keyOfNames, maxKeyBytes, namesOfKey } from './object-keys';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const text = (key: Uint8Array | null) => key && Buffer.from(key).toString();

/** Keys that meet each other: few letters, many slashes, dots, control characters and long parts. */
const part = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', 'b', '.', '-', '\0', '\x01', '\x02', ' ', 'ü', '😀'),
    maxLength: 6,
  }),
  fc
    .tuple(fc.integer({ min: 245, max: 256 }), fc.constantFrom('', '.', '..', 'a', '\x01b', '\0', 'ü'))
    .map(([length, end]) => 'p'.repeat(length) + end),
);
const key = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .map((parts) => bytes(parts.join('/')))
  .filter((made) => made.length > 0 && made.length <= maxKeyBytes);

function comparePaths(a: readonly Uint8Array[], b: readonly Uint8Array[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = Buffer.compare(a[at]!, b[at]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

describe('object keys as paths', () => {
  test('every key comes back from its path, in names that a tree takes', () => {
    fc.assert(
      fc.property(key, (given) => {
        const names = namesOfKey(given);
        expect(names.every(isEntryName)).toBe(true);
        expect(keyOfNames(names)).toEqual(given);
        const beside = [...names.slice(0, -1), besideFolder(names.at(-1)!)];
        expect(beside.every(isEntryName)).toBe(true);
        expect(keyOfNames(beside)).toEqual(given);
      }),
      { numRuns: 2000 },
    );
  });

  test('two keys never have the same path, and paths sort as their keys do', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const order = Math.sign(compareInTree(a, b));
        expect(Math.sign(comparePaths(namesOfKey(a), namesOfKey(b)))).toBe(order);
      }),
      { numRuns: 5000 },
    );
  });

  test('any names either stand for no key or are the path of that key', () => {
    const name = fc.uint8Array({ minLength: 1, maxLength: 4, max: 6 });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
        const found = keyOfNames(names);
        if (!found) return;
        const path = namesOfKey(found);
        const beside = [...path.slice(0, -1), besideFolder(path.at(-1)!)];
        expect([path, beside]).toContainEqual(names.map((one) => Uint8Array.from(one)));
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['plain/path.txt', ['plain', 'path.txt']],
    ['folder/', ['folder', '\x01\x02']],
    ['/leading', ['\x01\x02', 'leading']],
    ['a//b', ['a', '\x01\x02', 'b']],
    ['a/../b', ['a', '..\x01\x02', 'b']],
    ['.', ['.\x01\x02']],
    ['...', ['...']],
    ['with\x01control', ['with\x01\x04control']],
    [`${'x'.repeat(250)}yz`, [`${'x'.repeat(250)}\x01\x05`, 'yz']],
  ])('%j', (given, names) => {
    expect(namesOfKey(bytes(given)).map((name) => Buffer.from(name).toString())).toEqual(names);
    expect(text(keyOfNames(names.map(bytes)))).toBe(given);
  });

  test.each([
    ['an escape that nobody writes', ['a\x01\x06']],
    ['a mark in the middle', ['a\x01\x05b', 'c']],
    ['a part that is cut too early', ['a\x01\x05', 'b']],
    ['a folder marked as an object', ['a\x01', 'b']],
    ['a special end on an ordinary part', ['abc\x01\x02']],
  ])('%s stands for no key', (_, names) => {
    expect(keyOfNames(names.map(bytes))).toBeNull();
  });
});
