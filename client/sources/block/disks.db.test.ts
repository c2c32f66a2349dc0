import { randomBytes } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeServer } from '@/db/factories';
import { backupPoints, disks, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { openDisk } from '@/lib/engine/core/disk';
import { makeVault } from '@/lib/engine/vaults/test-environment';
import { TestRegion } from '../../testing/test-region';
import { blockAdapter } from './adapter';
import { blockBytes, segmentBytes } from './block-map';
import { blockWorld, imageOf } from './test-block';

const database = await testDatabase();
const { owner } = database;
const world = await blockWorld(database);
const { engine, pointOf } = world;
const mib = 2 ** 20;

async function arrange(kind: 'disk_backup' | 'server_backup' = 'disk_backup', capacityBytes = 2 ** 30) {
  const region = await TestRegion.make(database, engine);
  const { accountId } = region;
  const [group] = await owner.select().from(vaults).where(eq(vaults.id, region.vaultId));
  const vaultId = await makeVault(
    engine.vaults,
    owner,
    { accountId, resourceGroupId: group!.resourceGroupId },
    { kind, capacityBytes },
  );
  Object.assign(region, { vaultId });
  await world.startMover();
  return region;
}

const addDisk = (region: TestRegion, bytes: Buffer, format: 'raw' | 'qcow2' = 'raw', given = {}) =>
  world.addDisk(region.accountId, bytes, { format, ...given });

async function restoreInto(region: TestRegion, pointId: string, targets: { path: string; diskId: string }[]) {
  const resource = targets.length > 1 ? ('server' as const) : ('disk' as const);
  const destination = { kind: 'disks' as const, resource, resourceId: targets[0]!.diskId, disks: targets };
  return region.until(await region.queueRestore(pointId, { destination }), 'complete');
}

const change = async (file: string, at: number, bytes: Buffer) => {
  const handle = await open(file, 'r+');
  await handle.write(bytes, 0, bytes.length, at);
  await handle.close();
};

describe('a disk that no machine writes to', () => {
  test.each(['raw', 'qcow2'] as const)(
    'is backed up as %s and comes back byte by byte, with its holes',
    async (format) => {
      const region = await arrange();
      const bytes = imageOf(64 * mib, [0, 20 * mib + 4096, 63 * mib]);
      const disk = await addDisk(region, bytes, format);
      const sourceId = await region.addSource({ kind: 'disk', diskId: disk.id }, undefined, disk.id);
      const point = await pointOf(region, await region.queueBackup(sourceId));
      expect(point).toMatchObject({
        sourceKind: 'disk',
        sourceBytes: 64 * mib,
        isEncrypted: false,
        resource: { kind: 'disk', id: disk.id, isCrashConsistent: false, disks: [{ diskId: disk.id }] },
      });
      expect(point.dataBytes).toBeGreaterThanOrEqual(3 * mib);
      expect(point.dataBytes).toBeLessThan(4 * mib);
      const target = await addDisk(region, Buffer.alloc(mib), format, {
        state: 'creating',
        sizeBytes: 64 * mib,
      });
      await restoreInto(region, point.id, [{ path: 'disk-00.img', diskId: target.id }]);
      const device = await openDisk(target.file, format);
      const back = Buffer.alloc(device.sizeBytes);
      await device.read(0, back);
      await device.close();
      expect(back.equals(bytes)).toBe(true);
      expect((await stat(target.file)).blocks * 512).toBeLessThan(5 * mib);
      const [row] = await owner.select().from(disks).where(eq(disks.id, target.id));
      expect(row).toMatchObject({ state: 'available', stateReason: null });
    },
  );

  test('is not read at all when nothing has written to it, and costs its changed blocks when something has', async () => {
    const region = await arrange();
    const bytes = imageOf(
      96 * mib,
      Array.from({ length: 64 }, (_, i) => i * mib),
    );
    const disk = await addDisk(region, bytes);
    const sourceId = await region.addSource({ kind: 'disk', diskId: disk.id }, undefined, disk.id);
    const first = await pointOf(region, await region.queueBackup(sourceId));
    const same = await region.until(await region.queueBackup(sourceId), 'complete');
    expect(same.transferredBytes).toBeLessThan(256 * 1024);
    const changed = 48;
    for (let i = 0; i < changed; i++) await change(disk.file, i * mib + 8192, randomBytes(4096));
    await owner.update(disks).set({ generation: 2 }).where(eq(disks.id, disk.id));
    const job = await region.until(await region.queueBackup(sourceId), 'complete');
    const pages = 400 * 1024;
    expect(job.transferredBytes).toBeGreaterThanOrEqual(changed * blockBytes);
    expect(job.transferredBytes).toBeLessThan(changed * blockBytes + pages);
    const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, job.pointId!));
    expect(point!.addedBytes).toBeLessThan(changed * blockBytes + pages);
    expect(point!.dataBytes).toBe(first.dataBytes);
    const target = await addDisk(region, Buffer.alloc(mib), 'raw', {
      state: 'creating',
      sizeBytes: 96 * mib,
    });
    await restoreInto(region, point!.id, [{ path: 'disk-00.img', diskId: target.id }]);
    expect((await readFile(target.file)).equals(await readFile(disk.file))).toBe(true);
  });

  test('that is written to while it is read makes no backup', async () => {
    const region = await arrange();
    const disk = await addDisk(region, imageOf(8 * mib, [0]));
    const sourceId = await region.addSource({ kind: 'disk', diskId: disk.id }, undefined, disk.id);
    await world.startMover(() =>
      Promise.resolve({
        ...blockAdapter,
        backup: async (context, offer) => {
          await owner.update(disks).set({ generation: 7 }).where(eq(disks.id, disk.id));
          return blockAdapter.backup(context, offer);
        },
      }),
    );
    const job = await region.until(await region.queueBackup(sourceId), 'failed');
    expect(job).toMatchObject({ errorCode: 'state_conflict', pointId: null });
    expect(job.errorMessage).toContain('No backup was made');
  });
});

test('a server is backed up with all its disks, and all of them come back', async () => {
  const region = await arrange('server_backup');
  const server = await makeServer(owner, { accountId: region.accountId });
  const [first, second] = [imageOf(16 * mib, [0, 8 * mib]), imageOf(segmentBytes + mib, [segmentBytes])];
  const attached = { serverId: server.id };
  await addDisk(region, first, 'qcow2', { ...attached, position: 0 });
  await addDisk(region, second, 'raw', { ...attached, position: 1 });
  const sourceId = await region.addSource({ kind: 'server', serverId: server.id }, undefined, server.id);
  const point = await pointOf(
    region,
    await region.queueBackup(sourceId, { backupName: 'before the update' }),
  );
  expect(point).toMatchObject({ backupName: 'before the update', fileCount: 2 });
  const made = [
    await addDisk(region, Buffer.alloc(mib), 'raw', { state: 'creating', sizeBytes: 16 * mib }),
    await addDisk(region, Buffer.alloc(mib), 'raw', { state: 'creating', sizeBytes: segmentBytes + mib }),
  ];
  await owner
    .update(disks)
    .set({
      serverId: (
        await makeServer(owner, {
          accountId: region.accountId,
          id: 'i-00000000000000000001',
          state: 'creating',
        })
      ).id,
      position: 0,
    })
    .where(eq(disks.id, made[0]!.id));
  await owner
    .update(disks)
    .set({ serverId: 'i-00000000000000000001', position: 1 })
    .where(eq(disks.id, made[1]!.id));
  const destination = {
    kind: 'disks' as const,
    resource: 'server' as const,
    resourceId: 'i-00000000000000000001',
    disks: made.map(({ id }, i) => ({ path: `disk-0${i}.img`, diskId: id })),
  };
  await region.until(await region.queueRestore(point.id, { destination }), 'complete');
  expect((await readFile(made[0]!.file)).equals(first)).toBe(true);
  expect((await readFile(made[1]!.file)).equals(second)).toBe(true);
});

test('a backup that would go beyond the capacity of its vault ends with that reason, and leaves no point', async () => {
  const region = await arrange('disk_backup', 20 * mib);
  const disk = await addDisk(
    region,
    imageOf(
      64 * mib,
      Array.from({ length: 60 }, (_, i) => i * mib),
    ),
  );
  const sourceId = await region.addSource({ kind: 'disk', diskId: disk.id }, undefined, disk.id);
  await owner.update(disks).set({ allocatedBytes: 1 }).where(eq(disks.id, disk.id));
  const job = await region.until(await region.queueBackup(sourceId), 'failed');
  expect(job).toMatchObject({ errorCode: 'quota_exceeded', pointId: null });
  expect(job.errorMessage).toContain('The vault is full');
});
