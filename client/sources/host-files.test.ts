import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkHost, listHostFolder } from './host-files';

const folder = await mkdtemp(join(tmpdir(), 'crossvault-host-files-'));
afterAll(() => rm(folder, { recursive: true }));
const list = (path: string, cursor: string | null = null) => listHostFolder({ path, cursor });

test('a folder is listed with whole paths; a link is no folder, wherever it leads', async () => {
  await mkdir(join(folder, 'docs'));
  await writeFile(join(folder, 'a.txt'), 'four');
  await symlink('/etc', join(folder, 'way out'));
  const { entries, nextCursor } = await list(folder);
  expect(entries.map(({ path, isFolder, sizeBytes }) => [path, isFolder, sizeBytes])).toEqual([
    [join(folder, 'a.txt'), false, 4],
    [join(folder, 'docs'), true, null],
    [join(folder, 'way out'), false, null],
  ]);
  expect(nextCursor).toBeNull();
});

test('a large folder comes in pages', async () => {
  const large = join(folder, 'large');
  await mkdir(large);
  for (let i = 0; i < 510; i++) await writeFile(join(large, `f${String(i).padStart(3, '0')}`), '');
  const first = await list(large);
  expect(first.entries).toHaveLength(500);
  const rest = await list(large, first.nextCursor);
  expect(rest.entries.map(({ name }) => name)[0]).toBe('f500');
  expect(rest).toMatchObject({ nextCursor: null });
});

test('a folder that is not there, or is none, is refused with why', async () => {
  await expect(list(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'not_found' });
  await expect(list(join(folder, 'a.txt'))).rejects.toThrow(/a\.txt cannot be listed on this host/);
});

test('a check says whom the client runs as, and so what it may read', async () => {
  const found = await checkHost();
  expect(found.isUsable).toBe(true);
  expect(found.facts).toContainEqual({ label: 'Runs as', value: userInfo().username });
  expect(found.message).toContain(process.getuid?.() === 0 ? 'may read every file' : 'skipped and reported');
});
