import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach } from 'vitest';
import { makeDisk } from '@/db/factories';
import { backupPoints, type disks } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import { copyDevice, createDisk, openDisk } from '@/lib/engine/core/disk';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { loadRegions } from '@/lib/regions';
import { prepareDiskFile } from '@/lib/regions/disk-places';
import { startTestMover, type TestMover, type TestRegion } from '../../testing/test-region';
import type { AdapterRegistry } from '../adapter';
import { regionAdapters } from '../region-adapters';

const mib = 2 ** 20;

/** A pool of disks, an engine and, while a test wants one, a mover. Made once for a file of tests. */
export async function blockWorld(database: TestDatabase) {
  const folder = await mkdtemp(join(tmpdir(), 'crossvault-pools-'));
  loadRegions({ regionsFile: null, dataFolder: folder });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const { owner } = database;
  const engine = await TestGateway.start(database);
  const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
  let mover: TestMover | null = null;
  const stopMover = async () => {
    await mover?.stop();
    mover = null;
  };
  afterEach(stopMover);
  const startMover = async (adapters: AdapterRegistry = regionAdapters) => {
    await stopMover();
    mover = await startTestMover(engine, fingerprint, { adapters });
  };

  async function addDisk(accountId: string, bytes: Buffer, given: Partial<typeof disks.$inferInsert> = {}) {
    const disk = await makeDisk(owner, { accountId, sizeBytes: bytes.length, format: 'raw', ...given });
    const file = await prepareDiskFile(disk);
    if (disk.format === 'raw') await writeFile(file, bytes);
    else {
      await writeFile(`${file}.raw`, bytes);
      const source = await openDisk(`${file}.raw`, 'raw');
      await copyDevice(source, await createDisk(file, 'qcow2', bytes.length));
      await source.close();
    }
    return { ...disk, file };
  }

  async function pointOf(region: TestRegion, jobId: string) {
    const { pointId } = await region.until(jobId, 'complete');
    const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, pointId!));
    return point!;
  }

  return { folder, engine, startMover, stopMover, addDisk, pointOf };
}

/** An image with a MiB of noise at each of these places, and holes between them. */
export function imageOf(sizeBytes: number, dataAt: readonly number[]): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (const at of dataAt) randomBytes(mib).copy(bytes, at);
  return bytes;
}
