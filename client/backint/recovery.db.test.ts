import { randomBytes } from 'node:crypto';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeResourceGroup, makeShare, makeUser } from '@/db/factories';
import { accounts, backupPoints, clients, hanaObjects, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { createContext, newId } from '@/lib/context';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { startReplication, tick, type World } from '@/lib/engine/transfer/test-world';
import { makeVault } from '@/lib/engine/vaults/test-environment';
import type { RestoreTarget } from '@/lib/jobs/schemas';
import { startRestore } from '@/lib/restores';
import { Daemon } from '../daemon';
import { bundleAgent, type HanaDouble, type SavedObject } from '../testing/hana-double';
import { HanaHost } from '../testing/hana-host';
import { TestHost } from '../testing/test-host';

const database = await testDatabase();
const { owner, app } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const lost = await TestHost.enrolled(database, engine, fingerprint);
const rescue = await TestHost.enrolled(database, engine, fingerprint);
const region = 'eu-west-101';

let agent: string;
let original: HanaHost;
let target: HanaHost;
/** The database that is recovered asks for the backups of the one that was lost. */
let copy: HanaDouble;
let targetVaultId: string;
const saved: SavedObject[] = [];

/** Account A backs up; account B keeps a copy; A goes with its vault, its storage and its clients. */
beforeAll(async () => {
  agent = await bundleAgent(lost.work);
  original = await HanaHost.register(database, lost, agent);
  const hana = await original.database();
  const volumes = { full_databackup_0_1: randomBytes(900_000), full_databackup_2_1: randomBytes(3_000_000) };
  saved.push(...(await hana.backup({ backupId: '1700000000100', volumes })).saved);
  const log = {
    'log_backup_2_0_10_20.101': randomBytes(70_000),
    'log_backup_0_0_0_0.102': randomBytes(9_000),
  };
  saved.push(...(await hana.backup({ backupId: '101', level: 'LOG', volumes: log })).saved);

  const { accountId } = rescue;
  const group = await makeResourceGroup(owner, { accountId });
  targetVaultId = await makeVault(
    engine.vaults,
    owner,
    { accountId, resourceGroupId: group.id },
    { kind: 'replication_target', id: newId('r'), region },
  );
  const [to, from] = [
    { accountId: rescue.accountId, vaultId: targetVaultId },
    { accountId: lost.accountId, vaultId: lost.vaultId },
  ];
  await makeShare(owner, { ...to, recipientAccountId: from.accountId, status: 'accepted' });
  const world: World = { database, environment: engine.vaults, source: from, target: to, replicationId: '' };
  await startReplication(world);
  const copies = () => owner.$count(backupPoints, eq(backupPoints.vaultId, targetVaultId));
  for (let ticks = 0; (await copies()) < 2 && ticks < 50; ticks++) {
    const { errors } = await tick(world, to.accountId);
    expect(errors).toEqual([]);
  }
  expect(await copies()).toBe(2);
  await owner.update(accounts).set({ state: 'closed' }).where(eq(accounts.accountId, lost.accountId));
  await owner.update(clients).set({ revokedAt: new Date() }).where(eq(clients.accountId, lost.accountId));
  for (const folder of await findFolders(engine.vaults.dataFolder, lost.vaultId))
    await rm(folder, { recursive: true });

  target = await HanaHost.register(database, rescue, agent, 'QAS');
  copy = await target.database('HXE@HXE');
}, 60_000);

async function findFolders(root: string, name: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true });
  const found = entries.filter((path) => basename(path) === name).map((path) => join(root, path));
  expect(found).not.toEqual([]);
  return found;
}

async function contextOf(accountId: string) {
  const { id, name } = await makeUser(owner, { accountId, role: 'operator' });
  const actor = { kind: 'user', id, name, userId: id, role: 'operator' } as const;
  return createContext({ accountId, actor, db: app, requestId: newId('q') });
}

async function newestCopy(level: 'COMPLETE' | 'LOG') {
  const rows = await owner.select().from(backupPoints).where(eq(backupPoints.vaultId, targetVaultId));
  return rows.find(({ hana }) => hana?.level === level)!;
}

/** What the console does, and the daemon of the host after it. */
async function prepare(destination: Partial<RestoreTarget & { kind: 'hana' }>, isDryRun = false) {
  const ctx = await contextOf(rescue.accountId);
  const { id: pointId } = await newestCopy('COMPLETE');
  const job = await startRestore(ctx, {
    pointId,
    selection: { mode: 'all' },
    destination: { kind: 'hana', sourceId: target.sourceId, isSystemCopy: true, ...destination },
    isDryRun,
  });
  const log = pino({ level: 'silent' });
  const daemon = new Daemon({ folder: rescue.folder, gateway: rescue.gateway(), log, waitSeconds: 1 });
  const ended = daemon.run();
  const row = async () => (await owner.select().from(jobs).where(eq(jobs.id, job.id)))[0]!;
  try {
    await vi.waitFor(async () => expect((await row()).finishedAt).not.toBeNull(), { timeout: 15_000 });
  } finally {
    daemon.stop();
    await ended;
  }
  const { status, report, errorMessage } = await row();
  return { status, errorMessage, report: report as { notes: string[]; statements: string[] } };
}

const ask = ({ ebid, path }: SavedObject) => `#EBID "${ebid}" ${path.includes(' ') ? `"${path}"` : path}`;

describe('a database that was lost with its account', () => {
  test('is nowhere to be found before a recovery is prepared', async () => {
    expect((await copy.inquire(['#NULL'])).lines).toEqual(['#NOTFOUND']);
    expect((await copy.restore([saved[0]!])).lines).toEqual([expect.stringMatching(/^#NOTFOUND/)]);
  });

  test('is recovered under another name only as a system copy', async () => {
    const ctx = await contextOf(rescue.accountId);
    const { id: pointId } = await newestCopy('COMPLETE');
    const without = { kind: 'hana' as const, sourceId: target.sourceId };
    await expect(
      startRestore(ctx, { pointId, selection: { mode: 'all' }, destination: without }),
    ).rejects.toMatchObject({ reason: 'needs_system_copy' });
    expect((await copy.inquire(['#NULL'])).lines).toEqual(['#NOTFOUND']);
  });

  test('is found by a dry run, which changes nothing', async () => {
    const { status, report } = await prepare({}, true);
    expect(status).toBe('complete');
    expect(report.notes[0]).toContain('would find 4 objects');
    expect(report.statements).toHaveLength(2);
    expect((await copy.inquire(['#NULL'])).lines).toEqual(['#NOTFOUND']);
  });

  test('comes back byte for byte on a host of the other account, from the copy alone', async () => {
    const { status, report } = await prepare({ databaseName: 'QAS' });
    expect(status).toBe('complete');
    expect(report.statements).toEqual([
      'ALTER SYSTEM STOP DATABASE QAS',
      expect.stringMatching(
        /^RECOVER DATABASE FOR QAS UNTIL TIMESTAMP '9999[^']+' CLEAR LOG USING SOURCE 'HXE@HXE' USING CATALOG BACKINT .*USING BACKUP_ID 1700000000100 CHECK ACCESS/,
      ),
    ]);
    expect(report.notes.join(' ')).toContain('4 objects of HXE@HXE');
    const found = await copy.inquire(saved.map(ask));
    expect(found.lines).toEqual(saved.map(({ ebid }) => expect.stringContaining(`#BACKUP "${ebid}"`)));
    const restored = await copy.restore(saved, { destinations: true });
    expect(restored).toMatchObject({ code: 0, errors: '' });
    for (const { path, sha256 } of saved) expect(restored.digests[path]).toBe(sha256);
  });

  test('is found by no other host of that account, and as no other database', async () => {
    const second = await TestHost.enrolledIn(database, rescue);
    const elsewhere = await HanaHost.register(database, second, agent, 'QAS');
    const theirs = await elsewhere.database('HXE@HXE');
    expect((await theirs.inquire(saved.map(ask))).lines).toEqual(
      saved.map(() => expect.stringMatching(/^#NOTFOUND/)),
    );
    expect((await theirs.restore([saved[0]!])).lines).toEqual([expect.stringMatching(/^#NOTFOUND/)]);
    expect((await theirs.delete([ask(saved[0]!)])).lines).toEqual([expect.stringMatching(/^#NOTFOUND/)]);
    const otherUser = await target.database('QAS@QAS');
    expect((await otherUser.inquire(saved.map(ask))).lines).toEqual(
      saved.map(() => expect.stringMatching(/^#NOTFOUND/)),
    );
    const stolen = await target.database('HXE@HXE', { instance: elsewhere.sourceId });
    expect(await stolen.inquire(['#NULL'])).toMatchObject({
      code: 2,
      lines: ['#ERROR'],
      errors: expect.stringContaining('no registered SAP HANA instance'),
    });
  });

  test('is hidden from that host by its delete, and brought back by preparing it again', async () => {
    const [first] = saved as [SavedObject];
    expect((await copy.delete([ask(first)])).lines).toEqual([expect.stringMatching(/^#DELETED/)]);
    expect((await copy.inquire([ask(first)])).lines).toEqual([expect.stringMatching(/^#NOTFOUND/)]);
    expect(await owner.$count(hanaObjects, eq(hanaObjects.accountId, rescue.accountId))).toBe(4);
    await prepare({ mode: 'specific_backup' });
    expect((await copy.inquire([ask(first)])).lines).toEqual([expect.stringMatching(/^#BACKUP/)]);
  });

  test('is recovered by the command that the host itself names, with the statements on its input', async () => {
    const [script, got] = [rescue.at('recover.sh'), rescue.at('statements')];
    await writeFile(script, `#!/bin/sh\ncat > '${got}'\necho "$CROSSVAULT_HANA_SOURCE" >> '${got}'\n`);
    await chmod(script, 0o755);
    await target.writeOwnParameters({ recover_command: script });
    const { status, report } = await prepare({});
    expect(status).toBe('complete');
    expect(await readFile(got, 'utf8')).toBe(`${report.statements.join('\n')}\nHXE@HXE\n`);
    await writeFile(script, '#!/bin/sh\necho it is locked >&2\nexit 3\n');
    expect(await prepare({})).toMatchObject({
      status: 'failed',
      errorMessage: expect.stringMatching(/ended with code 3.*it is locked/),
    });
  });
});
