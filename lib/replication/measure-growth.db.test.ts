import { expect, test } from 'vitest';
import { makeBackupPoint, makeReplication, makeVault } from '@/db/factories';
import { testDatabase } from '@/db/testing/harness';
import { testAccount } from '@/lib/testing/world';
import { measureGrowth } from '.';

const database = await testDatabase();
const { owner } = database;
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

test('growth is measured from the points of the last 30 days, without the first one and without others’ vaults', async () => {
  const [account, other] = [await testAccount(database), await testAccount(database)];
  const place = (one: typeof account) => ({ accountId: one.id, resourceGroupId: one.groupId });
  const source = await makeVault(owner, { ...place(other), region: 'eu-west-1' });
  const target = await makeVault(owner, { ...place(account), kind: 'replication_target', storedBytes: 5000 });
  await makeReplication(owner, { source, target });
  const point = (createdAt: Date, addedBytes: number) =>
    makeBackupPoint(owner, { accountId: account.id, vaultId: target.id, createdAt, addedBytes });
  const ctx = account.as('auditor');
  expect((await measureGrowth(ctx, { vaultId: target.id })).items).toMatchObject([
    { growthBytesPerDay: null },
  ]);
  await point(daysAgo(10), 1_000_000);
  await point(daysAgo(5), 3000);
  await point(daysAgo(1), 7000);
  const [measured] = (await measureGrowth(ctx, { vaultId: target.id })).items;
  expect(measured).toMatchObject({ storedBytes: 5000, sourceRegion: 'eu-west-1', growthBytesPerDay: 1000 });
  expect((await measureGrowth(ctx, {})).items.map(({ vaultId }) => vaultId)).toEqual([target.id]);
  expect((await measureGrowth(other.as('auditor'), {})).items).toEqual([]);
  await expect(measureGrowth(other.as('auditor'), { vaultId: target.id })).rejects.toMatchObject({
    code: 'not_found',
  });
});
