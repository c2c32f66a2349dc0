import { describe, expect, test } from 'vitest';
import { makeBackupPoint, makeClient, makeVault } from '@/db/factories';
import { dataSources, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import type { RestoreTarget } from '@/lib/jobs/schemas';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { listRestoreDestinations, startRestore } from '.';

const database = await testDatabase();
const { owner } = database;

const selection = { mode: 'all' as const };
const targets = {
  nas: (sourceId) => ({ kind: 'file_system', sourceId, path: '/back' }),
  cpfs: (sourceId) => ({ kind: 'file_system', sourceId, path: '/' }),
  oss: (sourceId) => ({ kind: 'oss', sourceId, prefix: 'back/' }),
  tablestore: (sourceId) => ({
    kind: 'tablestore',
    sourceId,
    tables: [{ from: 'orders', to: 'orders_back' }],
    overwriteExisting: false,
    batchChannels: 4,
  }),
  hana: (sourceId) => ({
    kind: 'hana',
    sourceId,
    mode: 'most_recent',
    recoverTo: null,
    backupPrefix: null,
    logPosition: null,
    volumeId: null,
  }),
} satisfies Record<string, (sourceId: string) => RestoreTarget>;
type Kind = keyof typeof targets;
const kinds = Object.keys(targets) as Kind[];

async function makeSource(account: TestAccount, kind: Kind, region = 'cn-beijing') {
  const client = await makeClient(owner, { accountId: account.id, region });
  const id = newId('ds');
  const name = `${kind} of ${region}`;
  await owner
    .insert(dataSources)
    .values({ accountId: account.id, id, kind, clientId: client.id, item: name, name });
  return { id, clientId: client.id, name };
}

async function makePoint(account: TestAccount, sourceKind: Kind | 'local_file') {
  const vault = await makeVault(owner, {
    accountId: account.id,
    resourceGroupId: account.groupId,
    kind: 'replication_target',
    region: 'cn-beijing',
  });
  return makeBackupPoint(owner, { accountId: account.id, vaultId: vault.id, sourceKind });
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
    await expect(start(targets[kind](far.id))).rejects.toMatchObject({
      code: 'not_eligible',
      reason: 'other_region',
      fields: { 'destination.sourceId': expect.any(String) },
    });
    await expect(start({ kind: 'host', targetPath: '/x' })).rejects.toMatchObject({ reason: 'other_kind' });
    const { items } = await listRestoreDestinations(account.as('auditor'), { vaultId: point.vaultId, kind });
    expect(items.map(({ sourceId, eligible, reason }) => [sourceId, eligible, reason])).toEqual([
      [near.id, true, null],
      [far.id, false, 'other_region'],
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
