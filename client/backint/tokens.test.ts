import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatToken, splitLine } from './tokens';

const values = (line: string) => splitLine(line).map(({ value }) => value);

test.each([
  ['#PIPE /a/b', ['#PIPE', '/a/b']],
  ['#EBID "1 2" "/a b/c" /dest', ['#EBID', '1 2', '/a b/c', '/dest']],
  [String.raw`#NULL "/a\"b"`, ['#NULL', '/a"b']],
  [String.raw`#NULL "/a\b\\c"`, ['#NULL', String.raw`/a\b\\c`]],
  [String.raw`#NULL "/x\\"y" z`, ['#NULL', String.raw`/x\"y`, 'z']],
  ['#NULL   ""  ', ['#NULL', '']],
  ['', []],
])('%s is split as the interface says', (line, expected) => {
  expect(values(line)).toEqual(expected);
});

test('a backslash after a quoted one does not stay in force', () => {
  expect(values(String.raw`"a\"" "b"`)).toEqual(['a"', 'b']);
});

test('a parameter is given back as it was written', () => {
  expect(splitLine(String.raw`#PIPE "/a \"b\"" /c`).map(({ raw }) => raw)).toEqual([
    '#PIPE',
    String.raw`"/a \"b\""`,
    '/c',
  ]);
});

test('a quote that is not closed is refused', () => {
  expect(() => splitLine('#NULL "/a b')).toThrow('not closed');
});

test('every value that can be written comes back', () => {
  const value = fc
    .string({ unit: fc.constantFrom('a', ' ', '"', '\\', '/', 'é', '\t', '#') })
    .filter((text) => !text.endsWith('\\') || (!text.includes(' ') && !text.startsWith('"')));
  fc.assert(
    fc.property(fc.array(value), (list) => {
      expect(values(list.map(formatToken).join(' '))).toEqual(list);
    }),
    { numRuns: 2000 },
  );
});

test('whatever a line holds, its parameters mean the same when they are written again', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '/') }), (line) => {
      let tokens: ReturnType<typeof splitLine>;
      try {
        tokens = splitLine(line);
      } catch {
        return;
      }
      expect(values(tokens.map(({ raw }) => raw).join(' '))).toEqual(tokens.map(({ value }) => value));
      expect(values(tokens.map(({ value }) => formatToken(value)).join(' '))).toEqual(
        tokens.map(({ value }) => value),
      );
    }),
    { numRuns: 2000 },
  );
});
