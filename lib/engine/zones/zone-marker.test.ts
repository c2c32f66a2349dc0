import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { FolderStore } from '@/lib/engine/core';
import { probeFolder } from './probe-zone';
import { readBucketKey } from './read-bucket-key';
import { markerName, ZoneMarker } from './zone-marker';

const base = await mkdtemp(join(tmpdir(), 'crossvault-zone-'));
afterAll(() => rm(base, { recursive: true }));
let folder: string;
let number = 0;
beforeEach(() => {
  folder = join(base, `zone-${number++}`);
});
const marker = () => new ZoneMarker('b', folder);

describe('a folder zone', () => {
  it('is made at its first look, and not again once it was known', async () => {
    await expect(probeFolder(folder, marker(), true)).rejects.toMatchObject({ reason: 'zone_not_mounted' });
    const probe = await probeFolder(folder, marker(), false);
    expect(probe.freeBytes).toBeGreaterThan(0);
    expect(await readdir(folder)).toEqual([markerName]);
    expect((await probeFolder(folder, marker(), true)).device).toBe(probe.device);
  });

  it('that is not mounted is not written, and nothing is made in its place', async () => {
    await probeFolder(folder, marker(), false);
    await rename(folder, `${folder}-away`);
    const store = marker().guard(new FolderStore(join(folder, 'vaults', 'v-1')));
    for (const use of [
      () => store.putIfAbsent('x', Buffer.from('x')),
      () => store.get('x'),
      () => store.list(''),
      () => store.delete('x'),
      () => store.stat('x'),
    ]) {
      await expect(use()).rejects.toMatchObject({ code: 'storage_unavailable', reason: 'zone_not_mounted' });
    }
    await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' });
    await rename(`${folder}-away`, folder);
    expect(await store.putIfAbsent('x', Buffer.from('x'))).toBe('created');
  });
});

describe('the key of a bucket', () => {
  const byName = { accessKeyIdEnv: 'ID', secretAccessKeyEnv: 'SECRET' };

  it('comes from variables or a file, and what is missing is named', async () => {
    const file = join(base, 'key.json');
    expect(readBucketKey('Z', byName, { ID: 'a', SECRET: 'b' })).toEqual({
      accessKeyId: 'a',
      secretAccessKey: 'b',
    });
    expect(() => readBucketKey('Z', byName, { ID: 'a' })).toThrow(
      'the environment variable SECRET is not set',
    );
    expect(() => readBucketKey('Z', { file }, {})).toThrow('cannot be read (ENOENT)');
    await writeFile(file, JSON.stringify({ accessKeyId: 'a', secretAccessKey: 's3cr3t', more: 1 }));
    expect(readBucketKey('Z', { file }, {})).toEqual({ accessKeyId: 'a', secretAccessKey: 's3cr3t' });
    await writeFile(file, '{"accessKeyId": "s3cr3t", ');
    expect(() => readBucketKey('Z', { file }, {})).toThrow(/^(?!.*s3cr3t)/);
  });
});
