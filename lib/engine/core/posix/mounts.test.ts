import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { inspectMount, isSameFileSystem, parseMountTable } from './mounts';

const folder = await mkdtemp(join(tmpdir(), 'crossvault-mounts-'));
afterAll(() => rm(folder, { recursive: true }));

it('reads a mount table, spaces and all', () => {
  const table = [
    '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
    '91 22 0:51 /part /mnt/a\\040b rw,relatime shared:9 master:2 - nfs4 nas:/ex\\040port rw,vers=4.1',
    '',
  ].join('\n');
  expect(parseMountTable(table)).toEqual([
    { mountId: '22', device: '254:0', root: '/', mountPath: '/', fsType: 'ext4', source: '/dev/vda' },
    {
      mountId: '91',
      device: '0:51',
      root: '/part',
      mountPath: '/mnt/a b',
      fsType: 'nfs4',
      source: 'nas:/ex port',
    },
  ]);
});

it('a folder at which nothing is mounted, or that is not there, is no mount', async () => {
  await expect(inspectMount(folder)).rejects.toMatchObject({ code: 'unavailable', reason: 'not_mounted' });
  await expect(inspectMount(join(folder, 'gone'))).rejects.toMatchObject({ reason: 'mount_missing' });
});

it('finds what is mounted at the root', async () => {
  expect(await inspectMount('/')).toMatchObject({ mountPath: '/', root: expect.stringMatching(/^\//) });
});

it('knows a file system by its own id, and by its source where it has none', () => {
  const one = { fsType: 'ext4', source: '/dev/loop0', root: '/', fsId: 'aa' };
  expect(isSameFileSystem(one, { ...one, source: '/dev/loop7' })).toBe(true);
  expect(isSameFileSystem(one, { ...one, fsId: 'bb' })).toBe(false);
  expect(isSameFileSystem(one, { ...one, root: '/part' })).toBe(false);
  const nfs = { fsType: 'nfs4', source: 'nas:/a', root: '/', fsId: null };
  expect(isSameFileSystem(nfs, { ...nfs })).toBe(true);
  expect(isSameFileSystem(nfs, { ...nfs, source: 'nas:/b' })).toBe(false);
});
