import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkTarget } from './inspect-target';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossvault-target-'));
  await mkdir(join(folder, 'there'));
  await writeFile(join(folder, 'file'), '');
});
afterAll(() => rm(folder, { recursive: true }));

test('a folder that is there, or can be made, is ready and says how much room it has', async () => {
  const there = await checkTarget(join(folder, 'there'));
  expect(there).toMatchObject({ isUsable: true, message: expect.stringContaining('can be written') });
  expect(there.facts).toEqual([{ label: 'Free', value: expect.stringMatching(/^\d/) }]);
  const missing = await checkTarget(join(folder, 'not', 'yet'));
  expect(missing).toMatchObject({ isUsable: true, message: expect.stringContaining('the restore makes it') });
});

test('a file in its place, or a folder that takes nothing new, is not ready', async () => {
  for (const path of [join(folder, 'file'), join(folder, 'file', 'below'), '/proc/sys/nowhere'])
    expect(await checkTarget(path)).toMatchObject({
      isUsable: false,
      message: expect.stringContaining('Nothing can be restored below'),
    });
});
