import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeBackupPoint, makeClient, makeVault } from '@/db/factories';
import { dataSources, hanaObjects, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { startBackup } from '@/lib/jobs';
import type { HanaDetails } from '@/lib/jobs/schemas';
import { sourceRefusal } from '@/lib/policies/binding-rules';
import { startRestore } from '@/lib/restores';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { getHanaInstance } from '.';

const database = await testDatabase();
const { owner } = database;

async function arrange() {
  const account = await testAccount(database);
  const client = await makeClient(owner, { accountId: account.id });
  const vault = await makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId });
  const sourceId = newId('ds');
  await owner.insert(dataSources).values({
    ...{
      accountId: account.id,
      id: sourceId,
      kind: 'hana',
      clientId: client.id,
      item: 'HXE/00',
      name: 'HXE',
    },
    config: { kind: 'hana', sid: 'HXE', instanceNumber: '00', databases: ['SYSTEMDB'] },
  });
  return { account, client, vault, sourceId };
}

interface Saved {
  hour: number;
  level: HanaDetails['level'];
  backupId: string;
  names: string[];
  objectCount?: number;
}

function addPoint(
  account: TestAccount,
  { vaultId, sourceId }: { vaultId: string; sourceId: string },
  { hour, level, backupId, names, objectCount }: Saved,
) {
  const at = new Date(Date.UTC(2026, 5, 1, hour));
  const objects = names.map((name) => ({ ebid: randomUUID(), path: `/b/DB_HXE/${name}`, bytes: 10 }));
  return makeBackupPoint(owner, {
    ...{ accountId: account.id, vaultId, sourceId, sourceKind: 'hana', sourceName: 'HXE' },
    ...{
      createdAt: at,
      startedAt: at,
      expiresAt: new Date('2100-01-01'),
      fileCount: names.length,
      sourceBytes: names.length * 10,
    },
    hana: { user: 'HXE@HXE', level, backupId, objectCount: objectCount ?? names.length, objects },
  });
}

const log = (from: number, to: number) => [`log_backup_2_0_${from}_${to}.1`, 'log_backup_0_0_0_0.2'];

describe('an instance', () => {
  test('shows each database with its newest backups, their calls together, and the gaps in its log', async () => {
    const { account, vault, sourceId } = await arrange();
    const place = { vaultId: vault.id, sourceId };
    const complete = { level: 'COMPLETE', objectCount: 2 } as const;
    await addPoint(account, place, {
      hour: 1,
      ...complete,
      backupId: '1',
      names: ['A_databackup_0_1', 'A_databackup_2_1'],
    });
    await addPoint(account, place, { hour: 2, level: 'LOG', backupId: '2', names: log(1, 10) });
    await addPoint(account, place, { hour: 3, ...complete, backupId: '3', names: ['B_databackup_0_1'] });
    await addPoint(account, place, { hour: 4, ...complete, backupId: '3', names: ['B_databackup_2_1'] });
    await addPoint(account, place, { hour: 5, level: 'LOG', backupId: '4', names: log(30, 40) });
    await addPoint(account, place, { hour: 6, level: 'LOG', backupId: '5', names: log(50, 60) });

    const { databases } = await getHanaInstance(account.as('auditor'), { sourceId });
    expect(databases.map(({ name }) => name)).toEqual(['HXE', 'SYSTEMDB']);
    expect(databases[0]).toMatchObject({
      levels: [
        { level: 'COMPLETE', newestAt: '2026-06-01T04:00:00.000Z', pointCount: 3, sourceBytes: 40 },
        { level: 'LOG', newestAt: '2026-06-01T06:00:00.000Z', pointCount: 3 },
      ],
      newestComplete: { backupId: '3', objectCount: 2, expectedCount: 2, sourceBytes: 20 },
      newestCatalogAt: '2026-06-01T06:00:00.000Z',
      logGaps: [{ volume: 2, after: 40, before: 50 }],
      isLogKnown: true,
    });
    expect(databases[1]).toMatchObject({
      levels: [],
      newestComplete: null,
      newestCatalogAt: null,
      logGaps: [],
    });
  });

  test("of another account is not found, and a copy's points are not its own", async () => {
    const { account, sourceId } = await arrange();
    const stranger = await arrange();
    await expect(getHanaInstance(stranger.account.as('administrator'), { sourceId })).rejects.toMatchObject({
      code: 'not_found',
    });
    const target = await makeVault(owner, {
      ...{ accountId: account.id, resourceGroupId: account.groupId, kind: 'replication_target' },
    });
    const saved = { hour: 1, level: 'LOG', backupId: '2', names: log(1, 10) } as const;
    const point = await addPoint(
      account,
      { vaultId: target.id, sourceId },
      { ...saved, names: [...saved.names] },
    );
    expect(await owner.$count(hanaObjects, eq(hanaObjects.pointId, point.id))).toBe(2);
  });
});

describe('backups of an instance', () => {
  test('are started by nobody else: not by hand, not by a policy, and not past the verb', async () => {
    const { account, client, vault, sourceId } = await arrange();
    const input = { sourceId, vaultId: vault.id, paths: ['/'] };
    await expect(startBackup(account.as('operator'), input)).rejects.toMatchObject({
      ...{ code: 'not_eligible', reason: 'hana_starts_backups', fields: { sourceId: expect.any(String) } },
    });
    expect(sourceRefusal('hana')).toMatchObject({ reason: 'hana_starts_backups' });
    const past = owner.insert(jobs).values({
      ...{ accountId: account.id, id: newId('job'), kind: 'backup', clientId: client.id, vaultId: vault.id },
      ...{ spec: { paths: ['/'], sourceId }, createdBy: 'test' },
    });
    await expect(past).rejects.toMatchObject({ cause: { code: 'CV016' } });
  });
});

describe('a restore of an instance', () => {
  test.each([
    [{ mode: 'point_in_time' as const }, 'destination.recoverTo'],
    [{ mode: 'log_position' as const }, 'destination.logPosition'],
    [{ mode: 'specific_backup' as const, shouldUseCatalog: false }, 'destination.backupPrefix'],
    [{ pipes: { user: 'HXE@HXE', backupId: null } }, 'destination.pipes'],
  ])('with %j is refused at its field', async (given, field) => {
    const { account, vault, sourceId } = await arrange();
    const names = ['A_databackup_0_1'];
    const place = { vaultId: vault.id, sourceId };
    const point = await addPoint(account, place, { hour: 1, level: 'COMPLETE', backupId: '1', names });
    await expect(
      startRestore(account.as('operator'), {
        ...{ pointId: point.id, selection: { mode: 'all' } },
        destination: { kind: 'hana', sourceId, ...given },
      }),
    ).rejects.toMatchObject({ code: 'invalid_input', fields: { [field]: expect.any(String) } });
  });
});
