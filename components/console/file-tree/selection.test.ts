import { describe, expect, test } from 'vitest';
import { findDecidingFolder, getMark, type TreeSelection, toggle } from './selection';

describe('choosing what to include', () => {
  const selection: TreeSelection = { mode: 'include', paths: ['home/a', 'home/b/file'] };

  test.each([
    ['home/a', 'all'],
    ['home/a/deep/file', 'all'],
    ['home', 'some'],
    ['', 'some'],
    ['home/b', 'some'],
    ['home/ab', 'none'],
  ])('%s is chosen: %s', (path, mark) => {
    expect(getMark(selection, path)).toBe(mark);
  });

  test('choosing a folder takes up what was chosen inside it', () => {
    expect(toggle(selection, 'home').paths).toEqual(['home']);
  });

  test('a path inside a chosen folder is decided by that folder', () => {
    expect(findDecidingFolder(selection, 'home/a/deep')).toBe('home/a');
    expect(toggle(selection, 'home/a/deep')).toBe(selection);
  });

  test('choosing twice leaves the list as it was', () => {
    expect(toggle(toggle(selection, 'etc'), 'etc').paths).toEqual(selection.paths);
  });
});

describe('choosing what to leave out', () => {
  const selection: TreeSelection = { mode: 'exclude', paths: ['home/cache'] };

  test.each([
    ['home/cache', 'none'],
    ['home/cache/x', 'none'],
    ['home', 'some'],
    ['home/docs', 'all'],
  ])('%s is restored: %s', (path, mark) => {
    expect(getMark(selection, path)).toBe(mark);
  });

  test('with nothing left out everything is restored', () => {
    expect(getMark({ mode: 'exclude', paths: [] }, '')).toBe('all');
  });
});
