import { describe, expect, test } from 'vitest';
import { makeBackupPoint, makeClient, makeFileSystem, makeVault } from '@/db/factories';
import { dataSources, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { HanaDestination } from '@/lib/jobs/destinations/hana';
import type { HanaDetails, RestoreTarget } from '@/lib/jobs/schemas';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { listRestoreDestinations, listRestoreKinds, startRestore } from '.';

const database = await testDatabase();
const { owner } = database;

const selection = { mode: 'all' as const };
const targets = {
  common_nas: (sourceId) => ({ kind: 'host', sourceId, targetPath: '/mnt/nas/back' }),
  nas: (sourceId) => ({ kind: 'file_system', sourceId, path: '/back' }),
  cpfs: (sourceId) => ({ kind: 'file_system', sourceId, path: '/' }),
  oss: (sourceId) => ({ kind: 'oss', sourceId, prefix: 'back/' }),
  tablestore: (sourceId) => ({
    kind: 'tablestore',
    sourceId,
    tables: [{ from: 'orders', to: 'orders_back' }],
    overwriteExisting: false,
    autoIncrement: 'keep',
    batchChannels: 4,
  }),
  hana: (sourceId) => HanaDestination.parse({ kind: 'hana', sourceId }),
} satisfies Record<string, (sourceId: string) => RestoreTarget>;
type Kind = keyof typeof targets;
const kinds = Object.keys(targets) as Kind[];

const configs: Partial<Record<Kind, object>> = {
  common_nas: { kind: 'common_nas', mountPath: '/mnt/nas' },
  hana: { kind: 'hana', sid: 'HXE', instanceNumber: '00' },
};
const hanaDetails: HanaDetails = {
  ...{ user: 'HXE@HXE', level: 'COMPLETE', backupId: '1', objectCount: 1 },
  objects: [{ ebid: '0d5c1e8e-3f0a-4c5e-9b55-6f1c2a7f0001', path: '/b/A_databackup_0_1', bytes: 1 }],
};

async function makeSource(account: TestAccount, kind: Kind, region = 'cn-beijing') {
  const client = await makeClient(owner, { accountId: account.id, region });
  const id = newId('ds');
  const name = `${kind} of ${region}`;
  const config = await configOf(account, kind, region);
  await owner
    .insert(dataSources)
    .values({ accountId: account.id, id, kind, clientId: client.id, item: name, name, config });
  return { id, clientId: client.id, name };
}

async function configOf({ id: accountId }: TestAccount, kind: Kind, region: string) {
  if (kind !== 'nas' && kind !== 'cpfs') return configs[kind] ?? {};
  return { kind, fileSystemId: (await makeFileSystem(owner, { accountId, kind, region })).id };
}

async function makePoint(account: TestAccount, sourceKind: Kind | 'local_file') {
  const vault = await makeVault(owner, {
    accountId: account.id,
    resourceGroupId: account.groupId,
    kind: 'replication_target',
    region: 'cn-beijing',
  });
  const hana = sourceKind === 'hana' ? hanaDetails : null;
  return makeBackupPoint(owner, { accountId: account.id, vaultId: vault.id, sourceKind, hana });
}

describe.each(kinds)('a restore of %s', (kind) => {
  test('goes to a registered source of its kind in the region of the vault, by the client that serves it', async () => {
    const account = await testAccount(database);
    const [near, far] = [await makeSource(account, kind), await makeSource(account, kind, 'cn-hangzhou')];
    const point = await makePoint(account, kind);
    const start = (destination: RestoreTarget) =>
      startRestore(account.as('operator'), { pointId: point.id, selection, destination });
    expect(await start(targets[kind](near.id))).toMatchObject({
      status: 'queued',
      client: { id: near.clientId },
      destination: targets[kind](near.id),
    });
    // An on-premises NAS stands outside the cloud: its region is that of no vault.
    const isFarRefused = kind !== 'common_nas';
    if (isFarRefused) {
      await expect(start(targets[kind](far.id))).rejects.toMatchObject({
        code: 'not_eligible',
        reason: 'other_region',
        fields: { 'destination.sourceId': expect.any(String) },
      });
    }
    const host = start({ kind: 'host', targetPath: '/x' });
    await expect(host).rejects.toMatchObject(
      isFarRefused ? { reason: 'other_kind' } : { fields: { 'destination.sourceId': expect.any(String) } },
    );
    const { items } = await listRestoreDestinations(account.as('auditor'), { vaultId: point.vaultId, kind });
    expect(items.map(({ sourceId, eligible, reason }) => [sourceId, eligible, reason])).toEqual([
      [near.id, true, null],
      isFarRefused ? [far.id, false, 'other_region'] : [far.id, true, null],
    ]);
  });

  test("is refused for another account's source, and by the database for one of another kind", async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const theirs = await makeSource(stranger, kind);
    const point = await makePoint(account, kind);
    const destination = targets[kind](theirs.id);
    const input = { pointId: point.id, selection, destination };
    await expect(startRestore(account.as('operator'), input)).rejects.toMatchObject({ code: 'not_found' });
    const other = kinds.find((wanted) => wanted !== kind)!;
    const wrong = await makeSource(account, other);
    const insert = (spec: object) =>
      owner.insert(jobs).values({
        accountId: account.id,
        id: newId('job'),
        kind: 'restore',
        clientId: wrong.clientId,
        vaultId: point.vaultId,
        pointId: point.id,
        spec,
        createdBy: 'test',
      });
    const spec = { selection, conflictPolicy: 'skip' };
    for (const target of [targets[kind](wrong.id), targets[kind](theirs.id)])
      await expect(insert({ ...spec, destination: target })).rejects.toMatchObject({
        cause: { code: 'CV005' },
      });
    await expect(insert({ ...spec, destination: { kind: 'host', targetPath: '/x' } })).rejects.toMatchObject({
      cause: { code: 'CV005' },
    });
    await expect(insert(spec)).rejects.toMatchObject({ cause: { code: '23514' } });
  });
});

test('a NAS is restored to a folder below its mount and nowhere else, and a host knows of no source', async () => {
  const account = await testAccount(database);
  const [nas, point] = [await makeSource(account, 'common_nas'), await makePoint(account, 'common_nas')];
  const start = (targetPath: string) =>
    startRestore(account.as('operator'), {
      pointId: point.id,
      selection,
      destination: { kind: 'host', sourceId: nas.id, targetPath },
    });
  for (const path of ['/mnt/nas-other', '/mnt/nas/../etc', '/'])
    await expect(start(path)).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { 'destination.targetPath': expect.stringContaining('/mnt/nas') },
    });
  expect(await start('/mnt/nas')).toMatchObject({
    sourceKind: 'common_nas',
    destinationSource: { id: nas.id, name: nas.name },
  });
  const files = await makePoint(account, 'local_file');
  const destination = { kind: 'host' as const, sourceId: nas.id, targetPath: '/x' };
  const input = { pointId: files.id, clientId: nas.clientId, selection, destination };
  expect(await startRestore(account.as('operator'), input)).toMatchObject({
    destination: { kind: 'host', targetPath: '/x' },
    destinationSource: null,
  });
});

test('kinds are listed with the vaults that hold points of them, those without a point with the reason', async () => {
  const account = await testAccount(database);
  const point = await makePoint(account, 'oss');
  const { items } = await listRestoreKinds(account.as('auditor'), {});
  const of = (kind: string) => items.find((item) => item.kind === kind);
  expect(of('oss')).toMatchObject({
    isRestorable: true,
    reason: null,
    vaults: [{ vaultId: point.vaultId, pointCount: 1, newestAt: point.createdAt.toISOString() }],
  });
  expect(of('hana')).toMatchObject({ isRestorable: false, reason: 'no_points', vaults: [] });
  expect(of('vmware')).toMatchObject({ isRestorable: false, reason: 'vmware_not_restorable' });
  const stranger = await testAccount(database);
  const theirs = (await listRestoreKinds(stranger.as('auditor'), {})).items;
  expect(theirs.every(({ isRestorable }) => !isRestorable)).toBe(true);
});

test('virtual machines of VMware are refused with a stable reason, also when destinations are asked for', async () => {
  const account = await testAccount(database);
  const point = await makePoint(account, 'local_file');
  const refusal = { code: 'not_eligible', reason: 'vmware_not_restorable' };
  const input = { pointId: point.id, selection, destination: { kind: 'vmware' as const } };
  await expect(startRestore(account.as('operator'), input)).rejects.toMatchObject(refusal);
  await expect(listRestoreDestinations(account.as('auditor'), { kind: 'vmware' })).rejects.toMatchObject(
    refusal,
  );
});
