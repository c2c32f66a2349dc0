import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test, vi } from 'vitest';
import { makeDisk } from '@/db/factories';
import { backupPoints, disks, jobs, servers } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { Qmp } from '@/lib/engine/core/qemu/qmp';
import { diskDuty } from '@/lib/engine/disks/disk-duty';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { serverDuty } from '@/lib/engine/machines/server-duty';
import { makeVault } from '@/lib/engine/vaults/test-environment';
import { startBackup } from '@/lib/jobs';
import { diskFile } from '@/lib/regions';
import { machineFolder, prepareDiskFile } from '@/lib/regions/disk-places';
import { createServer, startServer } from '@/lib/servers';
import { makeLinuxDisk } from '@/lib/testing/qemu/linux-disk';
import { testAccount } from '@/lib/testing/world';
import { blockWorld } from './test-block';

const database = await testDatabase();
const { owner } = database;
const { folder, engine } = await blockWorld(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const region = 'cn-hangzhou';
const mib = 2 ** 20;
const dataBytes = 320 * mib;

const movers = new Set<ChildProcess>();
afterAll(async () => {
  for (const mover of movers) mover.kill('SIGKILL');
  for (const { process: machine } of await owner.select().from(servers))
    if (machine) process.kill(machine.pid, 'SIGKILL');
});

const secretFile = join(folder, 'internal.secret');
await writeFile(secretFile, Buffer.from(engine.env.internalSecret).toString('hex'));

/** A mover as the engine starts it: a process of its own, which knows the gateway and nothing of the database. */
function startMoverProcess(): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'client/mover.ts'], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: process.env.NODE_ENV,
      MOVER_GATEWAY: `https://127.0.0.1:${engine.port}`,
      MOVER_PIN: fingerprint,
      MOVER_FOLDER: join(folder, 'mover'),
      INTERNAL_SECRET_FILE: secretFile,
    },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  movers.add(child);
  return child;
}

const jobOf = async (id: string) => (await owner.select().from(jobs).where(eq(jobs.id, id)))[0]!;

/** What QEMU holds of backups: block jobs, nodes, exports, and which blocks it writes down as changed. */
async function heldByMachine(socket: string) {
  const qmp = await Qmp.connect(socket);
  try {
    const blockJobs = await qmp.run<unknown[]>('query-block-jobs');
    const exports = await qmp.run<unknown[]>('query-block-exports');
    const nodes = await qmp.run<{ 'node-name': string; 'dirty-bitmaps'?: { name: string }[] }[]>(
      'query-named-block-nodes',
      { flat: true },
    );
    return {
      blockJobs: blockJobs.length,
      exports: exports.length,
      nodes: nodes.filter((node) => node['node-name'].startsWith('moment-')).length,
      bitmaps: nodes.flatMap((node) => node['dirty-bitmaps'] ?? []).length,
      isRunning: (await qmp.run<{ running: boolean }>('query-status')).running,
    };
  } finally {
    qmp.close();
  }
}

/** A Linux server that runs and writes, with a second disk that its guest leaves alone. */
async function runServer() {
  const account = await testAccount(database);
  const operator = account.as('operator');
  const group = { accountId: account.id, resourceGroupId: account.groupId };
  const vault = { kind: 'server_backup', region, capacityBytes: 2 ** 30 } as const;
  const vaultId = await makeVault(engine.vaults, owner, group, vault);
  const system = await makeDisk(owner, { accountId: account.id, sizeBytes: 81 * mib });
  await makeLinuxDisk(join(folder, 'linux.raw'), join(folder, 'work'));
  await copyFile(join(folder, 'linux.raw'), await prepareDiskFile(system));
  const data = await makeDisk(owner, { accountId: account.id, sizeBytes: dataBytes });
  const bytes = randomBytes(dataBytes);
  await writeFile(await prepareDiskFile(data), bytes);
  const from = { kind: 'disks' as const, diskIds: [system.id, data.id] };
  const server = await createServer(operator, { name: 'busy', region, flavour: 'tiny', from });
  await startServer(operator, { id: server.id });
  await vi.waitFor(
    async () => {
      await diskDuty.run(engine.vaults, account.id);
      await serverDuty.run(engine.vaults, account.id);
      const [row] = await owner.select().from(servers).where(eq(servers.id, server.id));
      expect(row!.state, row!.stateReason ?? '').toBe('running');
    },
    { timeout: 60_000, interval: 200 },
  );
  const backUp = async () =>
    (await startBackup(operator, { sourceId: server.sourceId!, vaultId, paths: ['/'], retentionDays: 7 })).id;
  return { operator, vaultId, server, bytes, backUp };
}

async function untilComplete(id: string) {
  return vi.waitFor(
    async () => {
      const job = await jobOf(id);
      expect({ status: job.status, why: job.errorMessage }).toEqual({ status: 'complete', why: null });
      return job;
    },
    { timeout: 120_000, interval: 100 },
  );
}

/** Moving in the middle of it, and then killed. */
async function killInTheMiddle(mover: ChildProcess, id: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const { status, bytesDone, errorMessage } = await jobOf(id);
      expect([status, errorMessage, bytesDone > 20 * mib]).toEqual(['running', null, true]);
    },
    { timeout: 90_000, interval: 20 },
  );
  mover.kill('SIGKILL');
  await once(mover, 'exit');
  expect((await jobOf(id)).status).toBe('running');
  // As if the time had passed after which a job that nobody speaks for is offered again.
  await owner
    .update(jobs)
    .set({ heartbeatAt: new Date(Date.now() - 60_000) })
    .where(eq(jobs.id, id));
}

test('a mover that is killed while it backs up a running server leaves nothing locked: the next one makes the backup, byte for byte', async () => {
  const { operator, vaultId, server, bytes, backUp } = await runServer();
  const socket = join(machineFolder(server.id), 'control.sock');
  const id = await backUp();
  await killInTheMiddle(startMoverProcess(), id);
  // The guest goes on, and what the killed mover asked QEMU for is still there.
  expect(await heldByMachine(socket)).toMatchObject({ isRunning: true, blockJobs: 2 });

  startMoverProcess();
  expect((await untilComplete(id)).attempt).toBe(2);
  expect(await owner.select().from(backupPoints).where(eq(backupPoints.vaultId, vaultId))).toHaveLength(1);
  // What changed since the backup is written down for each disk, and nothing else is held.
  const free = { isRunning: true, blockJobs: 0, exports: 0, nodes: 0, bitmaps: 2 };
  await vi.waitFor(async () => expect(await heldByMachine(socket)).toEqual(free), { timeout: 10_000 });
  const left = (await readdir(machineFolder(server.id))).filter((name) => name.startsWith('moment'));
  expect(left).toEqual([]);

  const second = await untilComplete(await backUp());
  expect(second.transferredBytes).toBeLessThan(4 * mib);
  const from = { kind: 'backup' as const, pointId: second.pointId! };
  const copy = await createServer(operator, { name: 'copy', region, flavour: 'tiny', from });
  const restored = await vi.waitFor(
    async () => {
      const rows = await owner.select().from(disks).where(eq(disks.serverId, copy.id));
      expect(rows.map(({ state }) => state)).toEqual(['available', 'available']);
      return rows.find(({ position }) => position === 1)!;
    },
    { timeout: 90_000, interval: 200 },
  );
  expect((await readFile(diskFile(restored))).equals(bytes)).toBe(true);
}, 400_000);
