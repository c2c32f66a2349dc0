import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { walkTree } from '../tree';
import { gatherTree } from './gather-tree';

const folder = await mkdtemp(join(tmpdir(), 'crossvault-gather-'));
afterAll(() => rm(folder, { recursive: true }));

test('files are gathered and changed by their bytes, whatever their names are in', async () => {
  const source = join(folder, 'source');
  await mkdir(join(source, 'things'), { recursive: true });
  const name = (n: number) =>
    Buffer.concat([Buffer.from(`${source}/things/`), Buffer.from([0xe9]), Buffer.from(`ő ${n}`)]);
  for (let n = 100; n < 160; n++) await writeFile(name(n), `file ${n}`);
  const tree = gatherTree('tree', { sources: [source], maxBytes: 2 ** 20, maxItemBytes: 2 ** 20 });
  const copy = join(folder, 'copy');
  await tree.create(copy, folder);
  const sizes = () =>
    [...walkTree(copy)]
      .filter(({ stats }) => stats.isFile())
      .map(({ path, stats }) => [path, stats.size] as const);
  const before = sizes();
  expect(before).toHaveLength(60);
  await tree.change(copy);
  const after = new Map(sizes());
  expect(before.filter(([path]) => !after.has(path))).toHaveLength(2);
  expect(before.filter(([path, size]) => after.has(path) && after.get(path) !== size)).toHaveLength(2);
  expect([...after.keys()].filter((path) => path.endsWith('.renamed'))).toHaveLength(1);
});
