import { expect, test } from 'vitest';
import { compilePattern } from './search-pattern';

test.each([
  ['report', '/a/Report 2.pdf', true],
  ['report', '/report/other', false],
  ['*.pdf', '/a/b/x.PDF', true],
  ['*.pdf', '/a/b/x.pdf.gz', false],
  ['x?z', '/xyz', true],
  ['/a/b.txt', '/a/b.txt', true],
  ['/a/b.txt', '/c/a/b.txt', false],
  ['a/*.txt', '/a/b.txt', true],
  ['/a/*.txt', '/a/b/c.txt', false],
  ['/a/**/c.txt', '/a/c.txt', true],
  ['/a/**/c.txt', '/a/b/d/c.txt', true],
  ['/a/**', '/a/b/d', true],
  ['a+b(1).[x]', '/a+b(1).[x]', true],
  ['a.c', '/abc', false],
])('%s looks for %s: %s', (pattern, path, isMeant) => {
  const names = path.slice(1).split('/');
  expect(compilePattern(pattern).matches(names.slice(0, -1), names.at(-1)!)).toBe(isMeant);
});

test('a path without wildcards is looked up, not searched for', () => {
  expect(compilePattern('/a//b.txt').exact).toEqual(['a', 'b.txt']);
  expect(compilePattern('/a/*').exact).toBeNull();
});
