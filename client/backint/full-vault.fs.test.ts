import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test, vi } from 'vitest';
import { backupPoints } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { LoopMount } from '@/lib/testing/loop-mount';
import { bundleAgent, sha256 } from '../testing/hana-double';
import { HanaHost } from '../testing/hana-host';
import { TestHost } from '../testing/test-host';

const run = promisify(execFile);
const mib = 1024 * 1024;
const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { dataFolder } = engine.vaults;
const { fingerprint } = await loadOrCreateCertificate(dataFolder, new Date());
const disk = await LoopMount.make('ext4', 160);
await run('mount', ['--bind', disk.path, dataFolder]);
afterAll(() => run('umount', ['-l', dataFolder]));

test('where the vault’s disk is full the pipes wait, and with room again nothing of the backup is missing', async () => {
  const host = await TestHost.enrolled(database, engine, fingerprint);
  const instance = await HanaHost.register(database, host, await bundleAgent(host.work));
  const hana = await instance.database();
  const ballast = join(disk.path, 'ballast');
  const { bavail, bsize } = await statfs(disk.path);
  await writeFile(ballast, Buffer.alloc(bavail * bsize - 12 * mib, 1));
  const bytes = randomBytes(100 * mib);
  let ended = false;
  const saving = hana
    .backup({ backupId: '1700000000001', volumes: { f_databackup_0_1: bytes } })
    .finally(() => {
      ended = true;
    });
  await vi.waitFor(async () => expect(await refusedRequests()).toBeGreaterThan(1), {
    timeout: 30_000,
    interval: 50,
  });
  expect(ended).toBe(false);
  expect(await owner.$count(backupPoints, eq(backupPoints.accountId, host.accountId))).toBe(0);
  await rm(ballast);
  const { code, saved, errors } = await saving;
  for (const line of errors.split('\n').filter(Boolean))
    expect(JSON.parse(line)).toMatchObject({ code: 'storage_unavailable', msg: 'waiting for the gateway' });
  expect(code).toBe(0);
  expect((await hana.restore(saved)).digests[saved[0]!.path]).toBe(sha256(bytes));
});

/** How often chunks were not taken because the storage did not take them. */
async function refusedRequests(): Promise<number> {
  const { values } = await engine.env.metrics.requests.get();
  const refused = values.filter(
    ({ labels }) => `${labels.route}`.endsWith('/backup/chunks') && labels.status === '503',
  );
  return refused.reduce((sum, { value }) => sum + value, 0);
}
