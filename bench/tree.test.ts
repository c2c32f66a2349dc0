import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareTrees, measureTree } from './tree';

let root: string;
const original = () => join(root, 'original');
const copy = () => join(root, 'copy');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bench-tree-'));
  mkdirSync(join(original(), 'folder/empty'), { recursive: true });
  writeFileSync(join(original(), 'folder/file'), 'some bytes');
  symlinkSync('file', join(original(), 'folder/link'));
  execFileSync('cp', ['-a', original(), copy()]);
});
afterEach(() => rmSync(root, { recursive: true }));

describe('The comparison that a benchmark stands on', () => {
  it('finds nothing between a tree and its faithful copy', async () => {
    expect(await compareTrees(original(), copy())).toEqual([]);
    expect(measureTree(copy())).toEqual({ files: 1, bytes: 10 });
  });

  it.each<[string, () => void]>([
    ['folder/file is missing', () => rmSync(join(copy(), 'folder/file'))],
    ['folder/extra is not in the original', () => writeFileSync(join(copy(), 'folder/extra'), '')],
    ['folder/file has 11 bytes instead of 10', () => appendFileSync(join(copy(), 'folder/file'), '!')],
    ['folder/file has mode 100600 instead of 100644', () => chmodSync(join(copy(), 'folder/file'), 0o600)],
    ['folder/file has another modification time', () => utimesSync(join(copy(), 'folder/file'), 1, 1)],
    [
      'folder/link points elsewhere',
      () => {
        rmSync(join(copy(), 'folder/link'));
        symlinkSync('nowhere', join(copy(), 'folder/link'));
      },
    ],
  ])('tells that %s', async (difference, damage) => {
    damage();
    expect(await compareTrees(original(), copy())).toContain(difference);
  });

  it('reads every byte, whatever size and time say', async () => {
    const file = (tree: string) => join(tree, 'folder/file');
    writeFileSync(file(copy()), 'same count');
    for (const tree of [original(), copy()]) utimesSync(file(tree), 5, 5);
    expect(await compareTrees(original(), copy())).toEqual(['folder/file has other bytes']);
  });
});
