import { expect, test } from 'vitest';
import { maxXattrBytes } from '@/lib/engine/core/tree/limits';
import { fromXattrs, toXattrs, withFacts } from './object-metadata';

const metadata = {
  contentType: 'text/plain',
  cacheControl: 'no-store',
  expires: 'Tue, 01 Jan 2030 00:00:00 GMT',
  userMetadata: { b: 'über', a: '1' },
  tags: { team: 'red & blue' },
};

test('metadata comes back from the attributes of an entry, which are in order', () => {
  const xattrs = toXattrs(metadata, { etag: 'e', storageClass: 'IA', versionId: 'v' });
  expect(fromXattrs(xattrs)).toEqual({ metadata, facts: { etag: 'e', storageClass: 'IA', versionId: 'v' } });
  const names = xattrs.map(({ name }) => Buffer.from(name).toString());
  expect(names).toEqual([...names].sort());
});

test('an unchanged object keeps its metadata and takes the class of the new listing', () => {
  const xattrs = toXattrs(metadata, { etag: 'e', storageClass: 'STANDARD' });
  const listed = { key: Buffer.from('a'), sizeBytes: 1, etag: 'e', modifiedAtMs: 0, storageClass: 'IA' };
  expect(fromXattrs(withFacts(xattrs, listed))).toEqual({
    metadata,
    facts: { etag: 'e', storageClass: 'IA' },
  });
});

test('however many versions there are, as many are named as there is room for', () => {
  const olderVersions = Array.from({ length: 5000 }, (_, i) => ({
    versionId: `version-${i}`,
    modifiedAt: new Date(0).toISOString(),
  }));
  const xattrs = toXattrs({}, { etag: 'e', olderVersions });
  const total = xattrs.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  expect(total).toBeLessThan(maxXattrBytes);
  const text = Buffer.from(xattrs.at(-1)!.value).toString();
  const { count, versions } = JSON.parse(text) as { count: number; versions: { versionId: string }[] };
  expect(count).toBe(5000);
  expect(versions[0]!.versionId).toBe('version-0');
  expect(versions.length).toBeGreaterThan(100);
});

test('attributes that cannot be read are left out', () => {
  const broken = [{ name: Buffer.from('user.s3.metadata'), value: Buffer.from('{no json') }];
  expect(fromXattrs(broken).metadata).toEqual({});
});
