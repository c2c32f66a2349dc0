import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { walkTree } from '../tree';
import { filesAFolder, makeMillionFiles, nameOf, places } from './million-files';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-million-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('makes as many small files as it is asked for, no two alike, none but the wide folder with many', () => {
  makeMillionFiles(folder, { files: 2000, wideFiles: 700 });
  const files = [...walkTree(folder)].filter(({ stats }) => stats.isFile());
  expect(files).toHaveLength(2000);
  expect(files.every(({ stats }) => stats.size >= 64 && stats.size <= 512)).toBe(true);
  expect(new Set(files.map(({ path }) => readFileSync(join(folder, path), 'latin1'))).size).toBe(2000);
  const wide = readdirSync(join(folder, places.wide)).sort();
  expect(wide).toEqual(Array.from({ length: 700 }, (_, n) => nameOf(n)));
  expect(readdirSync(join(folder, places.leaf))).toHaveLength(filesAFolder);
  expect(readdirSync(join(folder, places.deep))).toEqual(['at-the-bottom.txt']);
});
