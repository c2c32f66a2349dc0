import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { backupPoints, hanaObjects, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { rebuildVaultIndex } from '@/lib/engine/rebuild/rebuild-index';
import { bundleAgent, type HanaDouble, quoted, type SavedObject } from '../testing/hana-double';
import { HanaHost } from '../testing/hana-host';
import { TestHost } from '../testing/test-host';

const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const host = await TestHost.enrolled(database, engine, fingerprint);
const { vaultId, accountId } = host;

let instance: HanaHost;
let hana: HanaDouble;
let saved: SavedObject[];
beforeAll(async () => {
  instance = await HanaHost.register(database, host, await bundleAgent(host.work));
  hana = await instance.database();
  const volumes = { f_databackup_0_1: randomBytes(40_000), f_databackup_2_1: randomBytes(300_000) };
  saved = (await hana.backup({ backupId: '1700000000001', volumes })).saved;
  expect(saved).toHaveLength(2);
});

const inVault = eq(backupPoints.vaultId, vaultId);
const ask = ({ ebid, path }: SavedObject) => `#EBID "${ebid}" ${quoted(path)}`;
const found = ({ ebid, path }: SavedObject) => `#BACKUP "${ebid}" ${quoted(path)}`;
const setVault = (values: Partial<typeof vaults.$inferInsert>) =>
  owner.update(vaults).set(values).where(eq(vaults.id, vaultId));

describe('an index that was made anew from storage', () => {
  test('knows the points as HANA’s: they are found, restored, and levels and ids are as before', async () => {
    const points = () => owner.select().from(backupPoints).where(inVault);
    const [before] = await points();
    const spaces = sql`select space_no from chunk_spaces where vault_id = ${vaultId}`;
    await owner.execute(sql`update jobs set point_id = null where vault_id = ${vaultId}`);
    await owner.execute(sql`delete from backup_points where vault_id = ${vaultId}`);
    await owner.execute(sql`delete from chunks where space_no in (${spaces})`);
    await owner.execute(sql`delete from packs where vault_id = ${vaultId}`);
    await owner.execute(sql`delete from vault_lineages where vault_id = ${vaultId}`);
    expect(await owner.$count(hanaObjects, eq(hanaObjects.accountId, accountId))).toBe(0);
    expect((await hana.inquire(['#NULL'])).lines).toEqual(['#NOTFOUND']);

    const report = await rebuildVaultIndex({ ...engine.vaults, db: owner }, { accountId, vaultId });
    expect(report).toMatchObject({ points: 1, unreadable: [] });
    const [after] = await points();
    const { sourceId, sourceKind, sourceName, hana: details } = before!;
    expect(after).toMatchObject({ sourceId, sourceKind, sourceName, hana: details });
    expect(new Set((await hana.inquire(['#NULL'])).lines)).toEqual(new Set(saved.map(found)));
    const { digests, code } = await hana.restore(saved);
    expect(code).toBe(0);
    for (const { path, sha256 } of saved) expect(digests[path]).toBe(sha256);
  });
});

test.each([
  ['in error', { status: 'error', statusReason: 'its key is gone' }, 'its key is gone'],
  ['being deleted', { status: 'deleting' }, 'deleted'],
] as const)('a vault that is %s takes nothing, and every line says so', async (_, state, why) => {
  const before = await owner.$count(backupPoints, inVault);
  await setVault(state);
  try {
    const refused = await hana.call('backup', ['#PIPE /a', '#PIPE "/b c"'], ['-s', '12', '-c', '2']);
    expect(refused).toMatchObject({ code: 2, lines: ['#ERROR /a', '#ERROR "/b c"'] });
    expect(refused.errors).toContain(why);
  } finally {
    await setVault({ status: 'created', statusReason: null });
  }
  expect(await owner.$count(backupPoints, inVault)).toBe(before);
});

describe('a vault that is locked', () => {
  test('takes backups, and HANA’s delete hides its objects while their points stay to their dates', async () => {
    const volumes = { l_databackup_0_1: randomBytes(9_000) };
    const { saved: more } = await hana.backup({ backupId: '1700000000002', volumes });
    await setVault({ lockedAt: new Date() });
    const { saved: locked, code } = await hana.backup({ backupId: '1700000000003', volumes });
    expect(code).toBe(0);
    const points = await owner.$count(backupPoints, inVault);
    const deleted = await hana.delete([...more, ...locked].map(ask));
    expect(deleted.lines.map((line) => line.split(' ')[0])).toEqual(['#DELETED', '#DELETED']);
    expect((await hana.inquire([ask(more[0]!)])).lines[0]).toMatch(/^#NOTFOUND/);
    expect(await owner.$count(backupPoints, inVault)).toBe(points);
    const [point] = await owner.select().from(backupPoints).where(inVault);
    const gone = owner.delete(backupPoints).where(eq(backupPoints.id, point!.id));
    await expect(gone).rejects.toMatchObject({ cause: { message: expect.stringMatching(/lock/i) } });
    expect((await hana.restore([saved[0]!])).digests[saved[0]!.path]).toBe(saved[0]!.sha256);
  });
});
