import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { describeRegions, loadRegionsFile } from './load-regions';
import { requireRegion, requireSourceKind } from './rules';

const folder = mkdtempSync(join(tmpdir(), 'crossvault-regions-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(content: unknown) {
  const regionsFile = join(folder, 'regions.json');
  writeFileSync(regionsFile, typeof content === 'string' ? content : JSON.stringify(content));
  return loadRegionsFile({ regionsFile, dataFolder: '/data' });
}

const region = { id: 'xx-one', name: 'One', zones: [{ id: 'a', folder: 'zone-a' }] };
const bucket = {
  endpoint: 'https://s3.example.org',
  bucket: 'vaults',
  credentials: { accessKeyIdEnv: 'KEY', secretAccessKeyEnv: 'SECRET' },
};

describe('the regions file', () => {
  test('gives each region its zones, and redundancy over zones where it has several', () => {
    const file = load({
      regions: [
        region,
        {
          ...region,
          id: 'xx-two',
          zones: [
            { id: 'a', folder: '/a' },
            { id: 'b', s3: bucket },
          ],
        },
      ],
    });
    expect(describeRegions(file)).toMatchObject({
      defaultRegion: 'xx-one',
      regions: [
        { id: 'xx-one', zones: 1, zoneRedundancy: false, vaultReplication: true, backupSharing: true },
        { id: 'xx-two', zones: 2, zoneIds: ['a', 'b'], zoneRedundancy: true },
      ],
    });
    expect(file.regions[0]!.zones[0]).toEqual({ id: 'a', folder: join(folder, 'zone-a') });
  });

  test('tells nobody where zones lie or how they are opened', () => {
    const file = load({ regions: [{ ...region, zones: [{ id: 'a', s3: bucket }] }] });
    expect(JSON.stringify(describeRegions(file))).not.toMatch(/example|KEY|SECRET|vaults"/);
  });

  test.each([
    ['no JSON', '{', /is no JSON/],
    ['no region', { regions: [] }, /regions/],
    [
      'an unknown field',
      { regions: [{ ...region, zoneRedundancy: true }] },
      /zoneRedundancy.*\n.*regions\[0\]/,
    ],
    ['a region twice', { regions: [region, region] }, /The region xx-one stands twice/],
    ['no zone', { regions: [{ ...region, zones: [] }] }, /at least one zone/],
    ['a zone of no place', { regions: [{ ...region, zones: [{ id: 'a' }] }] }, /either a folder or s3/],
    [
      'two zones in one place',
      {
        regions: [
          {
            ...region,
            zones: [
              { id: 'a', folder: '/x' },
              { id: 'b', folder: '/x/' },
            ],
          },
        ],
      },
      /the same place as zone a of xx-one/,
    ],
    [
      'a secret in the file',
      {
        regions: [
          {
            ...region,
            zones: [{ id: 'a', s3: { ...bucket, credentials: { accessKeyId: 'x', secretAccessKey: 'y' } } }],
          },
        ],
      },
      /zones\[0\]/,
    ],
    [
      'storage of another machine without TLS',
      {
        regions: [
          { ...region, zones: [{ id: 'a', s3: { ...bucket, endpoint: 'http://s3.example.org:9000' } }] },
        ],
      },
      /Without TLS only an address of this machine/,
    ],
    ['a source that does not exist', { regions: [{ ...region, sourceKinds: ['tape'] }] }, /sourceKinds\[0\]/],
    ['a default that it does not have', { defaultRegion: 'xx-two', regions: [region] }, /not in the file/],
  ])('is refused with %s', (_, content, why) => {
    expect(() => load(content)).toThrow(why);
  });

  test.each(['http://127.0.0.1:9000', 'http://[::1]:9000', 'http://localhost:9000'])(
    'takes storage of this machine without TLS: %s',
    (endpoint) => {
      const zones = [{ id: 'a', s3: { ...bucket, endpoint } }];
      expect(load({ regions: [{ ...region, zones }] }).regions).toHaveLength(1);
    },
  );

  test('is missed by its name when it is not there', () => {
    expect(() => loadRegionsFile({ regionsFile: '/nowhere/regions.json', dataFolder: '/data' })).toThrow(
      'The regions file /nowhere/regions.json cannot be read (ENOENT).',
    );
  });
});

test('the built-in regions lie in the data folder, twelve of them made for several zones', () => {
  const { regions } = loadRegionsFile({ regionsFile: null, dataFolder: '/data' });
  expect(regions.length).toBeGreaterThan(12);
  expect(regions[0]!.zones[0]).toEqual({ id: 'a', folder: '/data/regions/cn-hangzhou/a' });
});

test('a region takes the kinds of sources it offers', () => {
  const known = requireRegion('eu-west-1');
  expect(() => requireSourceKind(known, 'local_file')).not.toThrow();
  expect(() => requireSourceKind({ ...known, sourceKinds: ['oss'] }, 'local_file')).toThrow(
    /Choose another region/,
  );
  expect(() => requireRegion('xx-nowhere')).toThrow('does not exist');
});
