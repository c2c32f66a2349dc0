import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { clients, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { type BackupSpec, RestoreSpec } from '@/lib/jobs/schemas';
import { Daemon } from './daemon';
import { ProcessMark } from './process-mark';
import { snapshot } from './testing/snapshot';
import { TestHost } from './testing/test-host';

const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const newHost = () => TestHost.enrolled(database, engine, fingerprint);

const started: { daemon: Daemon; ended: Promise<void> }[] = [];
function startDaemon(host: TestHost): { daemon: Daemon; ended: Promise<void>; lines: string[] } {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const daemon = new Daemon({ folder: host.folder, gateway: host.gateway(), log, waitSeconds: 5 });
  const ended = daemon.run();
  ended.catch(() => {});
  started.push({ daemon, ended });
  return { daemon, ended, lines };
}
afterEach(async () => {
  for (const { daemon, ended } of started.splice(0)) {
    daemon.stop();
    await ended.catch(() => {});
  }
});

type Work =
  | { kind: 'backup'; spec: BackupSpec; pointId?: undefined }
  | { kind: 'restore'; spec: RestoreSpec; pointId: string };

/** What the console does when someone starts a job. */
async function queue(host: TestHost, work: Work): Promise<string> {
  const id = newId('job');
  const { accountId, vaultId } = host;
  const { clientId } = host.enrolment;
  await owner.insert(jobs).values({ accountId, id, clientId, vaultId, createdBy: 'test', ...work });
  await ring(host);
  return id;
}
const ring = (host: TestHost) => owner.execute(sql`select pg_notify('jobs', ${host.enrolment.clientId})`);
const rowOf = async (id: string) => (await owner.select().from(jobs).where(eq(jobs.id, id)))[0]!;
const untilStatus = (id: string, status: string) =>
  vi.waitFor(async () => expect((await rowOf(id)).status).toBe(status), { timeout: 10_000, interval: 20 });
const backupOf = (path: string): Work => ({
  kind: 'backup',
  spec: { paths: [path], excludes: [], retentionDays: 7 },
});

async function sourceOf(host: TestHost, name: string, files: number): Promise<string> {
  const folder = host.at(name);
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < files; i++) await writeFile(join(folder, `${i}.bin`), randomBytes(1_000_000));
  return folder;
}

describe('the daemon', () => {
  test('is seen by the console, and runs a backup and a restore given there', async () => {
    const host = await newHost();
    const source = await sourceOf(host, 'source', 3);
    startDaemon(host);
    const backupId = await queue(host, backupOf(source));
    await untilStatus(backupId, 'complete');
    const { pointId, bytesDone, bytesTotal } = await rowOf(backupId);
    expect([bytesDone, bytesTotal]).toEqual([3_000_000, 3_000_000]);
    const targetPath = host.newFolder('restored');
    const destination = { kind: 'host' as const, targetPath };
    const spec = RestoreSpec.parse({ selection: { mode: 'all' }, destination });
    await untilStatus(await queue(host, { kind: 'restore', pointId: pointId!, spec }), 'complete');
    expect(await snapshot(join(targetPath, source))).toEqual(await snapshot(source));
    const [client] = await owner.select().from(clients).where(eq(clients.id, host.enrolment.clientId));
    expect(Date.now() - client!.lastHeartbeatAt!.getTime()).toBeLessThan(15_000);
    expect(await host.folder.findLastContact()).not.toBeNull();
  });

  test('runs one backup at a time, and the next when it is done', async () => {
    const host = await newHost();
    const [a, b] = [await sourceOf(host, 'a', 20), await sourceOf(host, 'b', 2)];
    startDaemon(host);
    const ids = [await queue(host, backupOf(a)), await queue(host, backupOf(b))];
    for (const id of ids) await untilStatus(id, 'complete');
    const [first, second] = await Promise.all(ids.map(rowOf));
    expect(second!.finishedAt!.getTime()).toBeGreaterThan(first!.finishedAt!.getTime());
  });

  test('stops a job that is cancelled in the console', async () => {
    const host = await newHost();
    const source = await sourceOf(host, 'source', 60);
    const midway = host.proxy.afterBytes(9_000_000);
    startDaemon(host);
    const id = await queue(host, backupOf(source));
    await midway;
    await owner.update(jobs).set({ cancelRequestedAt: new Date() }).where(eq(jobs.id, id));
    await ring(host);
    await untilStatus(id, 'cancelled');
  });

  test('that is stopped leaves its job to the next one, which finishes it', async () => {
    const host = await newHost();
    const source = await sourceOf(host, 'source', 60);
    const midway = host.proxy.afterBytes(9_000_000);
    const { daemon, ended } = startDaemon(host);
    const id = await queue(host, backupOf(source));
    await midway;
    daemon.stop();
    await ended;
    expect(await rowOf(id)).toMatchObject({ status: 'running', attempt: 1 });
    // As if the time had passed after which a job without a word is offered again.
    await owner
      .update(jobs)
      .set({ heartbeatAt: new Date(Date.now() - 60_000) })
      .where(eq(jobs.id, id));
    startDaemon(host);
    await untilStatus(id, 'complete');
    expect((await rowOf(id)).attempt).toBe(2);
  });

  test('waits for a gateway that is away and takes its work up again', async () => {
    const host = await newHost();
    const source = await sourceOf(host, 'source', 1);
    host.proxy.isDown = true;
    const { lines } = startDaemon(host);
    await vi.waitFor(() => expect(lines.some((line) => line.includes('is away'))).toBe(true), {
      timeout: 5000,
    });
    host.proxy.isDown = false;
    await untilStatus(await queue(host, backupOf(source)), 'complete');
    expect(lines.join('')).not.toContain(host.enrolment.credential);
  });

  test('leaves alone what a command on this host runs', async () => {
    const host = await newHost();
    const { jobId } = await host.offerBackup(['/srv']);
    await owner
      .update(jobs)
      .set({ heartbeatAt: new Date(Date.now() - 60_000) })
      .where(eq(jobs.id, jobId));
    const mark = await ProcessMark.take(host.folder.file('running', jobId));
    startDaemon(host);
    const source = await sourceOf(host, 'source', 1);
    await untilStatus(await queue(host, backupOf(source)), 'complete');
    expect(await rowOf(jobId)).toMatchObject({ status: 'running', attempt: 1 });
    await mark!.release();
  });

  test('ends when its credential is no longer taken', async () => {
    const host = await newHost();
    await owner.update(clients).set({ revokedAt: new Date() }).where(eq(clients.id, host.enrolment.clientId));
    await expect(startDaemon(host).ended).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
