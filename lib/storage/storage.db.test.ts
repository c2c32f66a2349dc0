import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeVault } from '@/db/factories';
import { tickers, vaultZones, verifications, zoneDebts, zoneHealth } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { getVaultStorage, listRegionStorage, rotateVaultKey, startVerification } from '.';

const database = await testDatabase();
const { owner } = database;
const nowhere = 'v-00000000000000000000';

const arrange = async ({ id, groupId }: TestAccount) => ({
  vaultId: (await makeVault(owner, { accountId: id, resourceGroupId: groupId })).id,
});

describeWriteVerb(database, {
  verb: startVerification,
  arrange,
  check: async ({ out, account }) => {
    expect(out).toMatchObject({ scope: 'all', state: 'queued' });
    const [ticker] = await owner.select().from(tickers).where(eq(tickers.accountId, account.id));
    expect(ticker?.dueAt).toBeInstanceOf(Date);
  },
  missing: () => ({ vaultId: nowhere }),
  audit: { resourceKind: 'vault', resourceId: (_, input) => input.vaultId },
});

describeWriteVerb(database, {
  verb: rotateVaultKey,
  arrange,
  check: async ({ out }) => expect(out.isRotating).toBe(true),
  missing: () => ({ vaultId: nowhere }),
  audit: { resourceKind: 'vault', resourceId: (_, input) => input.vaultId },
});

test('a vault is verified once at a time, and a scheduled verification makes way', async () => {
  const account = await testAccount(database);
  const input = await arrange(account);
  await owner
    .insert(verifications)
    .values({ accountId: account.id, ...input, id: 'vf-scheduled', scope: 'due', createdBy: 'schedule' });
  await startVerification(account.as('operator'), input);
  await expect(startVerification(account.as('operator'), input)).rejects.toMatchObject({
    code: 'state_conflict',
    reason: 'verification_running',
  });
  const { verifications: runs } = await getVaultStorage(account.as('auditor'), input);
  expect(runs.map(({ scope, state }) => `${scope} ${state}`).sort()).toEqual(['all queued', 'due cancelled']);
});

test('regions show their zones, what shares a disk, and only what is owed to vaults of the account', async () => {
  const [account, stranger] = [await testAccount(database), await testAccount(database)];
  for (const { id, groupId } of [account, stranger]) {
    const vault = await makeVault(owner, { accountId: id, resourceGroupId: groupId, region: 'cn-hangzhou' });
    const place = { accountId: id, vaultId: vault.id, zone: 'b' };
    await owner.insert(vaultZones).values({ ...place, state: 'filling' });
    await owner
      .insert(zoneDebts)
      .values({ ...place, objectName: 'points/s', kind: 'put', reason: 'missing' });
  }
  const zone = { region: 'cn-hangzhou', medium: 'folder', device: 'dev-2049', isReachable: true } as const;
  await owner.insert(zoneHealth).values([
    { ...zone, zone: 'a' },
    { ...zone, zone: 'b', isReachable: false, lastError: 'gone' },
  ]);
  const { items } = await listRegionStorage(account.as('auditor'), {});
  const region = items.find(({ id }) => id === 'cn-hangzhou')!;
  expect(region).toMatchObject({ zoneRedundancy: true, vaultReplication: true, vaultCount: 1 });
  expect(region.zones).toMatchObject([
    { id: 'a', isReachable: true, sharesPlaceWith: ['b'], owedObjects: 0 },
    {
      id: 'b',
      isReachable: false,
      lastError: 'gone',
      sharesPlaceWith: ['a'],
      owedObjects: 1,
      fillingVaults: 1,
    },
  ]);
  expect(items.find(({ id }) => id === 'eu-west-1')!.zones).toHaveLength(1);
  expect(JSON.stringify(items)).not.toContain('dev-2049');
});

test('an empty vault is covered whole, and a stranger’s is not there', async () => {
  const [account, stranger] = [await testAccount(database), await testAccount(database)];
  const input = await arrange(account);
  expect((await getVaultStorage(account.as('auditor'), input)).coverage).toMatchObject({
    percent: 100,
    totalBytes: 0,
  });
  await expect(getVaultStorage(stranger.as('administrator'), input)).rejects.toMatchObject({
    code: 'not_found',
  });
});
