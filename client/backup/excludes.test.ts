import { describe, expect, test } from 'vitest';
import { compileExcludes } from './excludes';

const excludes = (pattern: string, path: string, isFolder = false) =>
  compileExcludes([pattern]).matches(path.split('/'), isFolder);

describe('exclude patterns', () => {
  test.each([
    ['*.tmp', 'a.tmp', true],
    ['*.tmp', 'deep/down/a.tmp', true],
    ['*.tmp', 'a.tmp.txt', false],
    ['node_modules', 'x/node_modules', true],
    ['node_modules', 'x/node_modules2', false],
    ['/build', 'build', true],
    ['/build', 'x/build', false],
    ['src/*.o', 'src/a.o', true],
    ['src/*.o', 'src/deep/a.o', false],
    ['src/**/*.o', 'src/a.o', true],
    ['src/**/*.o', 'src/deep/er/a.o', true],
    ['**/x/y', 'a/b/x/y', true],
    ['a/**', 'a/b', true],
    ['a/**', 'a/b/c', true],
    ['a/**', 'a', false],
    ['a/**', 'b/a', false],
    ['**', 'a', true],
    ['?.log', 'ü.log', true],
    ['?.log', '😀.log', true],
    ['?.log', 'ab.log', false],
    ['[a-c]?', 'b1', true],
    ['[!a-c]?', 'b1', false],
    ['[!a-c]?', 'd1', true],
    ['[]x]', ']', true],
    ['[oops', '[oops', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['*', '.hidden', true],
    ['a*b*c', 'a--b--b-c', true],
  ])('%s on %s says %s', (pattern, path, expected) => {
    expect(excludes(pattern, path)).toBe(expected);
  });

  test('with a slash at the end take folders only', () => {
    expect(excludes('cache/', 'x/cache', true)).toBe(true);
    expect(excludes('cache/', 'x/cache', false)).toBe(false);
  });

  test('that can match nothing are refused by name', () => {
    for (const pattern of ['/', '//', '../x', 'a/./b'])
      expect(() => compileExcludes([pattern])).toThrow(`"${pattern}"`);
  });

  test('full of stars do not take exponential time', () => {
    const startedAt = performance.now();
    expect(excludes(`${'*a'.repeat(60)}b`, 'a'.repeat(255))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(200);
  });

  test('none given exclude nothing', () => {
    expect(compileExcludes([]).matches(['x'], false)).toBe(false);
  });
});
