import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { HeldPages } from './held-pages';

const folder = await mkdtemp(join(tmpdir(), 'held-pages-'));
afterAll(() => rm(folder, { recursive: true }));

async function commit(name: string, pages: Buffer[], pointId: string): Promise<string> {
  const held = new HeldPages();
  for (const page of pages) held.add(page);
  await held.commit(join(folder, name), pointId, { bytes: 4096, items: 7 });
  return join(folder, name);
}

test('the pages of a point are known again for that point, and for no other', async () => {
  const pages = Array.from({ length: 1000 }, () => randomBytes(16));
  const path = await commit('pages', pages, 's-1');
  const { names, extent } = (await HeldPages.read(path, 's-1'))!;
  expect(extent).toEqual({ bytes: 4096, items: 7 });
  expect(names.size).toBe(1000);
  expect(pages.every((page) => names.has(page))).toBe(true);
  expect(names.has(randomBytes(16))).toBe(false);
  expect(await HeldPages.read(path, 's-2')).toBeNull();
});

test('a list that is missing, cut short or damaged holds nothing', async () => {
  const path = await commit('damaged', [randomBytes(16), randomBytes(16)], 's-1');
  const bytes = await readFile(path);
  for (let at = 0; at < bytes.length; at++) {
    const broken = Buffer.from(bytes);
    broken[at]! ^= 1;
    await writeFile(path, broken);
    expect(await HeldPages.read(path, 's-1')).toBeNull();
    await writeFile(path, bytes.subarray(0, at));
    expect(await HeldPages.read(path, 's-1')).toBeNull();
  }
  expect(await HeldPages.read(join(folder, 'none'), 's-1')).toBeNull();
});
