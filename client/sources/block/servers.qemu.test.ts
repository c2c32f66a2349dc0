import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeDisk } from '@/db/factories';
import { backupPoints, disks, jobs, servers } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { diskDuty } from '@/lib/engine/disks/disk-duty';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { findMachineHost } from '@/lib/engine/machines/find-qemu';
import { readConsole, readScreen } from '@/lib/engine/machines/machine';
import { serverDuty } from '@/lib/engine/machines/server-duty';
import { accept, share, tickWell } from '@/lib/engine/sharing/test-sharing';
import { makeVault } from '@/lib/engine/vaults/test-environment';
import { startBackup } from '@/lib/jobs';
import { loadRegions } from '@/lib/regions';
import { prepareDiskFile } from '@/lib/regions/disk-places';
import { createServer, getServer, startServer, stopServer } from '@/lib/servers';
import { makeLinuxDisk } from '@/lib/testing/qemu/linux-disk';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { startTestMover, type TestMover } from '../../testing/test-region';
import { regionAdapters } from '../region-adapters';

const folder = await mkdtemp(join(tmpdir(), 'cv-q-'));
loadRegions({ regionsFile: null, dataFolder: folder });
const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
let mover: TestMover;
const linux = join(folder, 'linux.raw');

beforeAll(async () => {
  await makeLinuxDisk(linux, join(folder, 'work'));
  mover = await startTestMover(engine, fingerprint, { adapters: regionAdapters });
});
afterAll(async () => {
  for (const { process: machine } of await owner.select().from(servers)) {
    if (machine) process.kill(machine.pid, 'SIGKILL');
  }
  await mover.stop();
  await rm(folder, { recursive: true, force: true });
});

async function arrange(kind: 'server_backup' | 'disk_backup' = 'server_backup') {
  const account = await testAccount(database);
  const place = { accountId: account.id, resourceGroupId: account.groupId };
  return { account, vaultId: await makeVault(engine.vaults, owner, place, { kind, region: 'cn-hangzhou' }) };
}

async function addLinuxDisk(account: TestAccount, given: Partial<typeof disks.$inferInsert> = {}) {
  const disk = await makeDisk(owner, { accountId: account.id, sizeBytes: 81 * 2 ** 20, ...given });
  await copyFile(linux, await prepareDiskFile(disk));
  return disk;
}

const stateOf = async (id: string) => (await owner.select().from(servers).where(eq(servers.id, id)))[0]!;

/** What the engine's ticker does, until the server is in that state. */
async function tend(accountId: string, id: string, state: string) {
  await vi.waitFor(
    async () => {
      await owner.update(servers).set({ checkedAt: null }).where(eq(servers.id, id));
      await diskDuty.run(engine.vaults, accountId);
      await serverDuty.run(engine.vaults, accountId);
      const found = await stateOf(id);
      expect(found.state, found.stateReason ?? '').toBe(state);
    },
    { timeout: 60_000, interval: 200 },
  );
}

async function said(id: string, pattern: RegExp): Promise<string> {
  return vi.waitFor(
    async () => {
      const text = await readConsole(id, 64 * 1024);
      const found = pattern.exec(text)?.[1];
      expect(found, text.slice(-300)).toBeDefined();
      return found!;
    },
    { timeout: 90_000, interval: 250 },
  );
}

async function backUp(account: TestAccount, sourceId: string, vaultId: string) {
  const { id } = await startBackup(account.as('operator'), {
    sourceId,
    vaultId,
    paths: ['/'],
    retentionDays: 7,
  });
  const done = await vi.waitFor(
    async () => {
      const [job] = await owner.select().from(jobs).where(eq(jobs.id, id));
      expect({ status: job!.status, why: job!.errorMessage }).toMatchObject({ status: 'complete' });
      return job!;
    },
    { timeout: 60_000, interval: 100 },
  );
  const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, done.pointId!));
  return { job: done, point: point! };
}

/** Another server of a backup, started. @returns its id and the mark that it found on its disk. */
async function startFromBackup(account: TestAccount, name: string, pointId: string) {
  const operator = account.as('operator');
  const from = { kind: 'backup', pointId } as const;
  const { id } = await createServer(operator, { name, region: 'cn-hangzhou', flavour: 'tiny', from });
  await tend(account.id, id, 'stopped');
  await startServer(operator, { id });
  await tend(account.id, id, 'running');
  return { id, found: await said(id, /FOUND (\S+)/) };
}

async function stop(account: TestAccount, id: string) {
  await stopServer(account.as('operator'), { id, isForced: true });
  await tend(account.id, id, 'stopped');
}

test('a Linux server is backed up while it runs, by its changed blocks the next time, and starts as another one', async () => {
  const { account, vaultId } = await arrange();
  const operator = account.as('operator');
  const disk = await addLinuxDisk(account);
  const server = await createServer(operator, {
    name: 'web-1',
    region: 'cn-hangzhou',
    flavour: 'tiny',
    from: { kind: 'disks', diskIds: [disk.id] },
  });
  await startServer(operator, { id: server.id });
  await tend(account.id, server.id, 'running');
  expect(await stateOf(server.id)).toMatchObject({ accelerator: (await findMachineHost()).accelerator });
  const mark = await said(server.id, /WROTE (\S+)/);
  expect((await readScreen(server.id)).subarray(1, 4).toString()).toBe('PNG');

  const first = await backUp(account, server.sourceId!, vaultId);
  expect(first.point).toMatchObject({
    resource: { isCrashConsistent: true, kind: 'server', flavour: 'tiny' },
  });
  expect(first.point.dataBytes).toBeLessThan(81 * 2 ** 20);
  const second = await backUp(account, server.sourceId!, vaultId);
  expect(second.point.parentPointId).toBe(first.point.id);
  expect(second.job.transferredBytes).toBeLessThan(4 * 2 ** 20);
  expect(second.job.transferredBytes).toBeLessThan(first.job.transferredBytes / 4);

  const copy = await startFromBackup(account, 'web-2', second.point.id);
  expect(copy.found).toBe(mark);
  for (const { id } of [server, copy]) await stop(account, id);
  expect(await getServer(operator, { id: copy.id })).toMatchObject({ state: 'stopped', accelerator: null });
  const third = await backUp(account, server.sourceId!, vaultId);
  expect(third.point.resource?.isCrashConsistent).toBe(false);
  const [made] = await owner.select().from(disks).where(eq(disks.serverId, copy.id));
  expect((await readFile(await prepareDiskFile(made!))).length).toBeGreaterThan(0);
});

test('a server backup that is shared starts in the recipient’s account, with what its server wrote', async () => {
  const [sharer, recipient] = [await arrange(), await arrange()];
  const operator = sharer.account.as('operator');
  const disk = await addLinuxDisk(sharer.account);
  const from = { kind: 'disks' as const, diskIds: [disk.id] };
  const server = await createServer(operator, { name: 'hq-1', region: 'cn-hangzhou', flavour: 'tiny', from });
  await startServer(operator, { id: server.id });
  await tend(sharer.account.id, server.id, 'running');
  const mark = await said(server.id, /WROTE (\S+)/);
  const { point } = await backUp(sharer.account, server.sourceId!, sharer.vaultId);
  await stop(sharer.account, server.id);

  const world = {
    environment: { ...engine.vaults, dataFolder: folder },
    sharer: sharer.account,
    recipient: recipient.account,
    target: { accountId: recipient.account.id, vaultId: recipient.vaultId },
  };
  const copyId = await accept(world, await share(world, point.id));
  await tickWell(world, recipient.account);
  const received = await startFromBackup(recipient.account, 'subsidiary-1', copyId);
  expect(received.found).toBe(mark);
  await stop(recipient.account, received.id);
});
