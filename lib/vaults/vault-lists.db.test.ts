import { describe, expect, test } from 'vitest';
import { makeBackupPoint, makeReplication, makeShare, makeVault } from '@/db/factories';
import { testDatabase } from '@/db/testing/harness';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { getVault, listVaults } from '.';
import { Vault } from './schemas';

const database = await testDatabase();
const { owner } = database;

async function namesOf(account: TestAccount, filter: Parameters<typeof listVaults>[1]) {
  return (await listVaults(account.as('auditor'), filter)).items.map((vault) => vault.name);
}

describe('listVaults', () => {
  test.each(['name', 'createdAt', 'storedBytes', 'pointCount'] as const)(
    'pages by %s without repeating or skipping a vault, ties and both orders included',
    async (sort) => {
      const account = await testAccount(database);
      const createdAt = new Date();
      for (let index = 0; index < 7; index += 1) {
        await makeVault(owner, {
          accountId: account.id,
          name: `n${index}`,
          createdAt,
          storedBytes: (index % 3) * 1e12,
        });
      }
      for (const order of ['asc', 'desc'] as const) {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await listVaults(account.as('auditor'), { sort, order, limit: 2, cursor });
          expect(page.total).toBe(7);
          seen.push(...page.items.map((vault) => vault.name));
          cursor = page.nextCursor ?? undefined;
        } while (cursor);
        expect([...seen].sort()).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
        if (sort === 'name')
          expect(seen).toEqual(order === 'asc' ? [...seen].sort() : [...seen].sort().reverse());
      }
    },
  );

  test('keeps its place when vaults come and go between two pages', async () => {
    const account = await testAccount(database);
    for (const name of ['a', 'c', 'e']) await makeVault(owner, { accountId: account.id, name });
    const first = await listVaults(account.as('auditor'), { sort: 'name', order: 'asc', limit: 2 });
    await makeVault(owner, { accountId: account.id, name: 'b' });
    expect(
      await namesOf(account, { sort: 'name', order: 'asc', limit: 2, cursor: first.nextCursor! }),
    ).toEqual(['e']);
  });

  test('filters by region, kind, status, group and text, and takes wildcards as text', async () => {
    const account = await testAccount(database);
    const accountId = account.id;
    await makeVault(owner, { accountId, name: '100%', region: 'us-east-1', redundancy: 'LRS' });
    await makeVault(owner, { accountId, name: '1000', kind: 'replication_target' });
    await makeVault(owner, { accountId, name: 'old', status: 'deleting', resourceGroupId: account.groupId });
    const sorted = async (filter: Parameters<typeof listVaults>[1]) =>
      (await namesOf(account, filter)).sort();
    expect(await sorted({ region: 'us-east-1' })).toEqual(['100%']);
    expect(await sorted({ kind: 'replication_target' })).toEqual(['1000']);
    expect(await sorted({ status: 'deleting' })).toEqual(['old']);
    expect(await sorted({ resourceGroupId: account.groupId })).toEqual(['old']);
    expect(await sorted({ query: '100%' })).toEqual(['100%']);
    expect(await sorted({ query: '100' })).toEqual(['100%', '1000']);
  });

  test('refuses a cursor that it did not give', async () => {
    const account = await testAccount(database);
    await expect(listVaults(account.as('auditor'), { cursor: 'nonsense' })).rejects.toThrow('Not a cursor');
  });

  test("shows nothing of another account's", async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const vault = await makeVault(owner, { accountId: account.id });
    expect(await listVaults(stranger.as('administrator'), {})).toEqual({
      items: [],
      nextCursor: null,
      total: 0,
    });
    const theirs = getVault(stranger.as('administrator'), { id: vault.id });
    await expect(theirs).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a vault', () => {
  test('tells its newest visible point, its sizes and its replication, from both ends', async () => {
    const [source, target] = [await testAccount(database), await testAccount(database)];
    const vault = await makeVault(owner, { accountId: source.id });
    const other = await makeVault(owner, { accountId: target.id, kind: 'replication_target' });
    await makeBackupPoint(owner, {
      accountId: source.id,
      vaultId: vault.id,
      createdAt: new Date('2026-01-02T00:00:00Z'),
    });
    await makeBackupPoint(owner, {
      accountId: source.id,
      vaultId: vault.id,
      createdAt: new Date('2026-01-03T00:00:00.123Z'),
    });
    const { replication } = await makeReplication(owner, { source: vault, target: other });
    const seen = await getVault(source.as('auditor'), { id: vault.id });
    expect(Vault.parse(seen)).toEqual(seen);
    expect(seen).toMatchObject({
      pointCount: 2,
      sourceBytes: 2 * 1_048_576,
      newestPointAt: '2026-01-03T00:00:00.123Z',
      replication: { id: replication.id, side: 'source', state: 'active' },
    });
    const there = await getVault(target.as('auditor'), { id: other.id });
    expect(there).toMatchObject({ newestPointAt: null, replication: { id: replication.id, side: 'target' } });
  });

  test('shows the active replication rather than one that was stopped before', async () => {
    const [source, target] = [await testAccount(database), await testAccount(database)];
    const vault = await makeVault(owner, { accountId: source.id });
    const targets = [1, 2].map(() => makeVault(owner, { accountId: target.id, kind: 'replication_target' }));
    const [first, second] = await Promise.all(targets);
    const { stop, replication: stopped } = await makeReplication(owner, { source: vault, target: first! });
    await stop();
    const ofSource = async () => (await getVault(source.as('auditor'), { id: vault.id })).replication;
    expect(await ofSource()).toMatchObject({ id: stopped.id, state: 'stopped' });
    const { replication: active } = await makeReplication(owner, { source: vault, target: second! });
    expect(await ofSource()).toMatchObject({ id: active.id, state: 'active' });
  });

  test('tells with whom it is shared: accepted and open invitations, not expired or rejected ones', async () => {
    const account = await testAccount(database);
    const vault = await makeVault(owner, { accountId: account.id, kind: 'replication_target' });
    const invite = (recipient: string, status: 'accepted' | 'pending' | 'rejected', expiresAt?: Date) =>
      makeShare(owner, {
        accountId: account.id,
        vaultId: vault.id,
        recipientAccountId: recipient,
        status,
        expiresAt,
      });
    await invite('1000000000000001', 'accepted');
    await invite('1000000000000001', 'pending');
    await invite('1000000000000002', 'pending');
    await invite('1000000000000003', 'rejected');
    await invite('1000000000000004', 'pending', new Date(Date.now() - 1000));
    expect((await getVault(account.as('auditor'), { id: vault.id })).sharedWith).toEqual([
      { accountId: '1000000000000001', status: 'accepted' },
      { accountId: '1000000000000002', status: 'pending' },
    ]);
  });
});
