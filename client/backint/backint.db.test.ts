import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { and, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { backupPoints, hanaObjects, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { bundleAgent, type HanaDouble, quoted, type SavedObject } from '../testing/hana-double';
import { HanaHost } from '../testing/hana-host';
import { TestHost } from '../testing/test-host';

const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const host = await TestHost.enrolled(database, engine, fingerprint);
const mib = 1024 * 1024;
const run = promisify(execFile);

let agent: string;
let hana: HanaDouble;
let sourceId: string;

beforeAll(async () => {
  agent = await bundleAgent(host.work);
  const instance = await HanaHost.register(database, host, agent);
  sourceId = instance.sourceId;
  hana = await instance.database();
});

const pointsOf = (backupId: string) =>
  owner
    .select()
    .from(backupPoints)
    .where(eq(backupPoints.accountId, host.accountId))
    .then((rows) => rows.filter(({ hana: details }) => details?.backupId === backupId));
const ask = (object: SavedObject) => `#EBID "${object.ebid}" ${quoted(object.path)}`;

describe('the whole way of a database', () => {
  let saved: SavedObject[];

  test('backs volumes up over parallel pipes, and what it calls saved is a point with its objects', async () => {
    const volumes = Object.fromEntries(
      [3, 5, 2, 4].map((size, i) => [`2026 full_databackup_${i}_1`, randomBytes(size * mib + i)]),
    );
    const result = await hana.backup({ backupId: '1700000000001', volumes });
    expect(result).toMatchObject({ code: 0, errors: '' });
    expect(result.softwareId).toMatch(/^#SOFTWAREID "backint 1.04" "crossvault /);
    saved = result.saved;
    expect(saved.map(({ bytes }) => bytes)).toEqual(Object.values(volumes).map(({ length }) => length));
    const [point] = await pointsOf('1700000000001');
    expect(point).toMatchObject({
      ...{ sourceId, sourceKind: 'hana', fileCount: 4, retentionDays: 40, vaultId: host.vaultId },
      hana: { user: 'HXE@HXE', level: 'COMPLETE', objectCount: 4 },
    });
    const rows = await owner.select().from(hanaObjects).where(eq(hanaObjects.pointId, point!.id));
    expect(new Set(rows.map(({ ebid }) => ebid))).toEqual(new Set(saved.map(({ ebid }) => ebid)));
    expect(new Set(saved.map(({ ebid }) => ebid)).size).toBe(4);
  });

  test('finds them by name, by id and all of them', async () => {
    const [first] = saved;
    const named = await hana.inquire([`#NULL ${quoted(first!.path)}`, ask(first!)]);
    const line = `#BACKUP "${first!.ebid}" ${quoted(first!.path)}`;
    expect(named).toMatchObject({ code: 0, lines: [line, line] });
    const all = await hana.inquire(['#NULL'], '1.50');
    expect(all.softwareId).toContain('backint 1.50');
    expect(all.lines).toHaveLength(4);
    for (const answer of all.lines) expect(answer).toMatch(/^#BACKUP "[^"]+" "[^"]+" "20[^"]+Z"$/);
  });

  test('gets every byte back, to new pipes, by id and as the newest of its name', async () => {
    const byId = await hana.restore(saved, { destinations: true });
    expect(byId).toMatchObject({ code: 0, errors: '' });
    const newest = await hana.restore(saved.map(({ path }) => ({ path })));
    for (const { path, ebid, sha256 } of saved) {
      expect(byId.digests[path]).toBe(sha256);
      expect(newest.digests[path]).toBe(sha256);
      expect(byId.lines).toContain(`#RESTORED "${ebid}" ${quoted(path)}`);
    }
    const restores = await owner
      .select()
      .from(jobs)
      .where(and(eq(jobs.accountId, host.accountId), eq(jobs.kind, 'restore')));
    expect(restores.map(({ status }) => status)).toEqual(['complete', 'complete']);
  });

  test('a later backup of the same volumes sends only what changed, and the newest comes first', async () => {
    const volume = randomBytes(6 * mib);
    const first = await hana.backup({ backupId: '1701', volumes: { a_databackup_7_1: volume } });
    volume.fill(1, 3 * mib, 3 * mib + 1000);
    const second = await hana.backup({ backupId: '1702', volumes: { b_databackup_7_1: volume } });
    const [point] = await pointsOf('1702');
    expect(point!.parentPointId).toBe((await pointsOf('1701'))[0]!.id);
    expect(point!.addedBytes).toBeLessThan(2 * mib);
    const again = await hana.backup({ backupId: '1703', volumes: { b_databackup_7_1: volume } });
    const { lines } = await hana.inquire([`#NULL ${quoted(hana.pathOf('b_databackup_7_1'))}`]);
    const ids = [...again.saved, ...second.saved].map(({ ebid }) => ebid);
    expect(lines.map((line) => line.split('"')[1])).toEqual(ids);
    expect(first.saved[0]!.ebid).not.toBe(second.saved[0]!.ebid);
  });

  test('a delete hides the object from inquire and restore, and keeps every byte', async () => {
    const [gone, kept] = saved as [SavedObject, SavedObject];
    const deleted = await hana.delete([ask(gone), `#EBID "${randomUUID()}" /nothing`]);
    expect(deleted).toMatchObject({ code: 0 });
    expect(deleted.lines[0]).toBe(`#DELETED "${gone.ebid}" ${quoted(gone.path)}`);
    expect(deleted.lines[1]).toMatch(/^#NOTFOUND "[^"]+" \/nothing$/);
    const after = await hana.inquire([ask(gone), `#NULL ${quoted(gone.path)}`, ask(kept)]);
    expect(after.lines).toEqual([
      `#NOTFOUND "${gone.ebid}" ${quoted(gone.path)}`,
      `#NOTFOUND ${quoted(gone.path)}`,
      `#BACKUP "${kept.ebid}" ${quoted(kept.path)}`,
    ]);
    expect((await hana.restore([gone])).lines).toEqual([`#NOTFOUND "${gone.ebid}" ${quoted(gone.path)}`]);
    expect(await hana.delete([ask(gone)])).toMatchObject({ lines: [expect.stringContaining('#NOTFOUND')] });
    const [point] = await pointsOf('1700000000001');
    expect(point).toMatchObject({ status: 'visible', fileCount: 4 });
  });

  test('files are taken like pipes, log backups are kept as long as the instance says', async () => {
    const bytes = randomBytes(5000);
    const name = 'log_backup_2_0_1024_2048.1704';
    const call = { level: 'LOG', backupId: '1704', volumes: { [name]: bytes }, asFiles: true } as const;
    const { saved: logs } = await hana.backup(call);
    expect(logs).toMatchObject([{ bytes: 5000 }]);
    const [point] = await pointsOf('1704');
    expect(point).toMatchObject({ retentionDays: 10, parentPointId: null, paths: [hana.pathOf(name)] });
    const file = host.at('restored log');
    const { lines } = await hana.call('restore', [`${ask(logs[0]!)} ${quoted(file)}`]);
    expect(lines).toEqual([`#RESTORED "${logs[0]!.ebid}" ${quoted(logs[0]!.path)}`]);
    expect(await readFile(file)).toEqual(bytes);
  });
});

test('is set up by one command, which leaves a parameter file that was there alone', async () => {
  const command = await bundleAgent(host.work, 'crossvault');
  const setUp = () =>
    run(process.execPath, [command, 'hana', 'setup', '--sid', 'HXE', '--vault', host.vaultId], {
      env: { ...process.env, CROSSVAULT_CLIENT_DIR: host.folder.path },
    });
  const { stdout } = await setUp();
  const [wrapper, parameters] = [host.folder.file('hana', 'hdbbackint'), host.folder.file('hana', 'HXE.utl')];
  expect(stdout).toContain(`ln -sf ${wrapper} /usr/sap/HXE/SYS/global/hdb/opt/hdbbackint`);
  expect(stdout).toContain(`log_backup_parameter_file = ${parameters}`);
  expect((await run(wrapper, ['-V'])).stdout).toMatch(/^"backint 1.50" "crossvault /);
  const [input, output] = [host.at('setup.in'), host.at('setup.out')];
  await writeFile(input, '#NULL /nowhere\n');
  await run(wrapper, ['-f', 'inquire', '-u', 'HXE@HXE', '-p', parameters, '-i', input, '-o', output]);
  expect(await readFile(output, 'utf8')).toContain('#NOTFOUND /nowhere');
  await writeFile(parameters, '# mine\n');
  expect((await setUp()).stdout).toContain('was not changed');
  expect(await readFile(parameters, 'utf8')).toBe('# mine\n');
});
