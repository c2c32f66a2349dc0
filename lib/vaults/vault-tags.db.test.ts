import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import {
  makeBackupPoint,
  makeClient,
  makeReplication,
  makeResourceGroup,
  makeShare,
  makeVault,
} from '@/db/factories';
import { jobs, vaultTags } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { listBackupPoints } from '@/lib/backup-points';
import { listJobs } from '@/lib/jobs';
import { listReplications } from '@/lib/replication';
import { listResourceShares } from '@/lib/resource-shares';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { testAccount } from '@/lib/testing/world';
import { listVaults, setVaultTags } from '.';

const database = await testDatabase();
const { owner } = database;
const tagsOf = (vaultId: string) =>
  owner
    .select({ key: vaultTags.key, value: vaultTags.value })
    .from(vaultTags)
    .where(eq(vaultTags.vaultId, vaultId))
    .orderBy(vaultTags.key);

describeWriteVerb(database, {
  verb: setVaultTags,
  arrange: async (account) => ({
    id: (await makeVault(owner, { accountId: account.id })).id,
    tags: [
      { key: 'team', value: 'finance' },
      { key: 'cost', value: '' },
    ],
  }),
  check: async ({ input }) => {
    expect(await tagsOf(input.id)).toEqual([
      { key: 'cost', value: '' },
      { key: 'team', value: 'finance' },
    ]);
  },
  missing: (input) => ({ ...input, id: 'v-nowhere' }),
  audit: { resourceKind: 'vault', resourceId: (_, input) => input.id },
});

describe('the tags of a vault', () => {
  const tags = (count: number) => Array.from({ length: count }, (_, at) => ({ key: `k${at}`, value: 'v' }));

  test('are replaced as a whole', async () => {
    const account = await testAccount(database);
    const { id } = await makeVault(owner, { accountId: account.id });
    const ctx = account.as('operator');
    await setVaultTags(ctx, { id, tags: tags(20) });
    const out = await setVaultTags(ctx, { id, tags: [{ key: 'k3', value: 'new' }, { key: 'other' }] });
    expect(out.tags).toEqual([
      { key: 'k3', value: 'new' },
      { key: 'other', value: '' },
    ]);
    await setVaultTags(ctx, { id, tags: tags(20) });
    expect((await setVaultTags(ctx, { id, tags: [] })).tags).toEqual([]);
  });

  test('are at most twenty and never those of the cloud, for the database too', async () => {
    const account = await testAccount(database);
    const { id } = await makeVault(owner, { accountId: account.id });
    const ctx = account.as('operator');
    await setVaultTags(ctx, { id, tags: tags(20) });
    await expect(setVaultTags(ctx, { id, tags: tags(21) })).rejects.toMatchObject({
      fields: { tags: expect.any(String) },
    });
    await expect(setVaultTags(ctx, { id, tags: [{ key: 'Aliyun' }] })).rejects.toMatchObject({
      fields: { 'tags.0.key': expect.stringContaining('aliyun') },
    });
    const insert = (key: string) =>
      inAccount(database.app, account.id, (tx) =>
        tx.insert(vaultTags).values({ accountId: account.id, vaultId: id, key }),
      );
    await expect(insert('one-more')).rejects.toMatchObject({ cause: { constraint_name: 'too_many_tags' } });
    await owner.delete(vaultTags).where(and(eq(vaultTags.vaultId, id), eq(vaultTags.key, 'k0')));
    for (const key of ['ACS:x', 'aliyunteam', '', 'k'.repeat(129)]) {
      await expect(insert(key)).rejects.toMatchObject({ cause: { code: '23514' } });
    }
  });

  test('find vaults by key and by key and value, in the own account only', async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const make = async (who: typeof account, list: { key: string; value?: string }[]) => {
      const { id } = await makeVault(owner, { accountId: who.id });
      await setVaultTags(who.as('operator'), { id, tags: list });
      return id;
    };
    const finance = await make(account, [{ key: 'team', value: 'finance' }]);
    const sales = await make(account, [{ key: 'team', value: 'sales' }]);
    await make(stranger, [{ key: 'team', value: 'finance' }]);
    const found = async (tag: string) =>
      (await listVaults(account.as('auditor'), { tag })).items.map(({ id }) => id);
    expect(await found('team=finance')).toEqual([finance]);
    expect((await found('team')).sort()).toEqual([finance, sales].sort());
    expect(await found('finance')).toEqual([]);
  });
});

test('a resource group filters every list', async () => {
  const account = await testAccount(database);
  const ctx = account.as('administrator');
  const group = await makeResourceGroup(owner, { accountId: account.id });
  const make = async (resourceGroupId: string) => {
    const place = { accountId: account.id, resourceGroupId };
    const source = await makeVault(owner, place);
    const target = await makeVault(owner, { ...place, kind: 'replication_target', region: 'eu-west-1' });
    const point = await makeBackupPoint(owner, { accountId: account.id, vaultId: source.id });
    const { replication } = await makeReplication(owner, { source, target });
    const { shareId } = await makeShare(owner, {
      accountId: account.id,
      vaultId: target.id,
      recipientAccountId: '9999999999999999',
    });
    const client = await makeClient(owner, { accountId: account.id });
    const id = `job-${source.id}`;
    await owner.insert(jobs).values({
      accountId: account.id,
      id,
      kind: 'backup',
      clientId: client.id,
      vaultId: source.id,
      spec: sql`'{"paths": ["/"], "excludes": [], "retentionDays": 1}'::jsonb`,
      createdBy: 'u',
    });
    return [source.id, target.id, point.id, id, replication.id, shareId].sort();
  };
  const [inside] = [await make(group.id), await make(account.groupId)];
  const resourceGroupId = group.id;
  const lists = await Promise.all([
    listVaults(ctx, { resourceGroupId }),
    listBackupPoints(ctx, { resourceGroupId }),
    listJobs(ctx, { resourceGroupId }),
    listReplications(ctx, { resourceGroupId }),
    listResourceShares(ctx, { resourceGroupId }),
  ]);
  expect(lists.flatMap(({ items }) => items.map(({ id }) => id)).sort()).toEqual(inside);
  expect(lists.slice(0, 3).map((list) => (list as { total: number }).total)).toEqual([2, 1, 1]);
});
