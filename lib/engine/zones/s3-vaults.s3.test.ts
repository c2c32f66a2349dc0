import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eq } from 'drizzle-orm';
import { afterAll, expect, it } from 'vitest';
import { vaults, vaultZones, zoneDebts } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { formatServiceKey } from '@/lib/engine/core/service-key';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import {
  backUp,
  hashesOf,
  makeWorld,
  readPoint,
  replicatedPoints,
  tick,
} from '@/lib/engine/transfer/test-world';
import { checkVault, zonedStorage } from '@/lib/engine/vaults';
import { testBucket } from '@/lib/testing/radosgw/test-bucket';
import { openBucketZone } from './bucket-zone';
import { TestZone, zonedEnvironment } from './test-zones';
import { lookAtZones } from './watch-zones';

const database = await testDatabase();
const { owner } = database;
const root = join(import.meta.dirname, '../../..');
const files = { 'a.txt': prose(300_000, 1), 'deep/b.bin': noise(2_000_000, 2) };

const scratch = await mkdtemp(join(tmpdir(), 'crossvault-s3-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function openZone(id: string, endpoint?: string) {
  const address = await testBucket();
  const requests: string[] = [];
  const zone = openBucketZone(
    'cn-hangzhou',
    id,
    {
      endpoint: endpoint ?? address.endpoint,
      region: address.region,
      bucket: address.bucket,
      prefix: 'some/place',
      preset: 'radosgw',
      credentials: { accessKeyIdEnv: 'KEY', secretAccessKeyEnv: 'SECRET' },
      allowPrivateEndpoint: true,
    },
    {
      allowsPrivateEndpoints: false,
      environment: { KEY: address.credentials.accessKeyId, SECRET: address.credentials.secretAccessKey },
      onRequest: ({ kind }) => requests.push(kind),
    },
  );
  return { zone, address, requests };
}

it('a region on S3 backs up, replicates, restores, is rescued without a database and deleted whole', async () => {
  const { zone, address, requests } = await openZone('a');
  const environment = await zonedEnvironment(database, [zone]);
  const world = await makeWorld(database, { environment });
  const point = await backUp(world, world.source, files);
  expect((await tick(world, world.target.accountId)).errors).toEqual([]);
  const copy = (await replicatedPoints(world)).get(point)!.targetPointId!;
  expect(await readPoint(world, world.target, copy)).toEqual(hashesOf(files));
  expect(requests).toContain('PutObject');

  const keyFile = join(scratch, 'service.key');
  await writeFile(keyFile, formatServiceKey(environment.serviceKey.key));
  const to = join(scratch, 'rescued');
  const place = `s3://${address.bucket}/some/place/vaults/${world.target.vaultId}`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...['--import', 'tsx', join(root, 'client/main.ts'), 'rescue', place, '--key', keyFile, '--to', to],
      ...['--endpoint', address.endpoint, '--s3-preset', 'radosgw'],
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: address.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: address.credentials.secretAccessKey,
      },
    },
  );
  expect(stdout).toContain('Restored 2 files');
  expect(stdout).toContain('0 failed');
  for (const [path, bytes] of Object.entries(files)) {
    expect((await readFile(join(to, path))).equals(Buffer.from(bytes))).toBe(true);
  }

  await owner
    .update(vaults)
    .set({ status: 'deleting' })
    .where(eq(vaults.id, world.source.vaultId))
    .catch(() => {});
  await owner.execute(`update replications set state = 'stopped' where id = '${world.replicationId}'`);
  await owner.update(vaults).set({ status: 'deleting' }).where(eq(vaults.id, world.source.vaultId));
  expect((await tick(world, world.source.accountId)).errors).toEqual([]);
  expect((await zone.vaultStore(world.source.vaultId).list('')).objects).toEqual([]);
});

it('a bucket as the second zone is filled from a folder that is lost, and answers for it', async () => {
  const first = new TestZone('a');
  const { zone } = await openZone('b');
  const environment = await zonedEnvironment(database, [first, zone]);
  const world = await makeWorld(database, { environment, redundancy: 'ZRS' });
  const point = await backUp(world, world.source, files);
  first.isAway = true;
  expect(await readPoint(world, world.source, point)).toEqual(hashesOf(files));
  expect(await owner.select().from(zoneDebts).where(eq(zoneDebts.vaultId, world.source.vaultId))).toEqual([]);
});

it('a vault whose bucket cannot be reached is in error with the cause, and well again by itself', async () => {
  const { zone, address } = await openZone('a');
  const environment = await zonedEnvironment(database, [zone]);
  const world = await makeWorld(database, { environment });
  const status = async () => {
    const [vault] = await owner.select().from(vaults).where(eq(vaults.id, world.source.vaultId));
    return `${vault!.status}: ${vault!.statusReason}`;
  };
  const away = (await openZone('a', 'http://127.0.0.1:9')).zone;
  environment.storage = zonedStorage(database.engine, () => [away]);
  await checkVault(environment, world.source);
  expect(await status()).toMatch(/^error: The bucket could not .*did not answer/);
  expect(await status()).not.toContain(address.bucket);
  environment.storage = zonedStorage(database.engine, () => [zone]);
  expect((await tick(world, world.source.accountId)).errors).toEqual([]);
  expect(await status()).toBe('created: null');
});

it('the health of a bucket is looked at and told without its address', async () => {
  const { zone, address } = await openZone('a');
  const away = (await openZone('b', 'http://127.0.0.1:9')).zone;
  await lookAtZones(database.engine, [zone, away]);
  const rows = await owner.execute<{ zone: string; is_reachable: boolean }>(
    'select * from zone_health order by zone',
  );
  expect(rows.map((row) => [row.zone, row.is_reachable])).toEqual([
    ['a', true],
    ['b', false],
  ]);
  expect(JSON.stringify(rows)).not.toMatch(new RegExp(`127\\.0\\.0\\.1|${address.bucket}`));
  expect(await owner.select().from(vaultZones).limit(1)).toHaveLength(1);
});
