import { expect, test } from 'vitest';
import { makeBackupPoint, makeClient, makeVault } from '@/db/factories';
import { dataSources } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { testAccount } from '@/lib/testing/world';
import { listDataSources } from '.';
import { DataSource } from './schemas';

const database = await testDatabase();
const { owner } = database;

test('a data source shows its newest own point, and one without a backup shows none', async () => {
  const [account, stranger] = [await testAccount(database), await testAccount(database)];
  const make = async (name: string) => {
    const client = await makeClient(owner, { accountId: account.id, name });
    const id = newId('ds');
    await owner
      .insert(dataSources)
      .values({ accountId: account.id, id, kind: 'local_file', clientId: client.id, name });
    return id;
  };
  const [backedUp] = [await make('a-server'), await make('b-server')];
  const vaultOf = (kind: 'standard' | 'replication_target') =>
    makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId, kind });
  const [vault, target] = [await vaultOf('standard'), await vaultOf('replication_target')];
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const point = (vaultId: string, minute: number, rest = {}) =>
    makeBackupPoint(owner, {
      accountId: account.id,
      vaultId,
      sourceId: backedUp,
      createdAt: at(minute),
      ...rest,
    });
  await point(vault.id, 1);
  const newest = await point(vault.id, 2);
  await point(vault.id, 3, { status: 'deleting' });
  await point(target.id, 4);

  const { items } = await listDataSources(account.as('auditor'), {});
  expect(items.map((item) => DataSource.parse(item))).toEqual(items);
  expect(items.map(({ name, pointCount, newestPoint }) => [name, pointCount, newestPoint?.id])).toEqual([
    ['a-server', 2, newest.id],
    ['b-server', 0, undefined],
  ]);
  expect((await listDataSources(stranger.as('auditor'), {})).items).toEqual([]);
});
