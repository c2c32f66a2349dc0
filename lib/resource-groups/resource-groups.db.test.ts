import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeResourceGroup, makeVault } from '@/db/factories';
import { resourceGroups, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { testAccount } from '@/lib/testing/world';
import { createResourceGroup, deleteResourceGroup, listResourceGroups, updateResourceGroup } from '.';

const database = await testDatabase();

describeWriteVerb(database, {
  verb: createResourceGroup,
  arrange: async () => ({ name: 'finance' }),
  check: async ({ out, account }) => {
    const [row] = await database.owner.select().from(resourceGroups).where(eq(resourceGroups.id, out.id));
    expect(row).toMatchObject({ accountId: account.id, name: 'finance' });
  },
  missing: null,
  other: () => ({ name: 'another' }),
  audit: { resourceKind: 'resource_group', resourceId: (out) => out.id },
});

test('a name is used once in an account, and again in another', async () => {
  const [account, other] = [await testAccount(database), await testAccount(database)];
  await createResourceGroup(account.as('administrator'), { name: 'finance' });
  const again = createResourceGroup(account.as('administrator'), { name: ' finance ' });
  await expect(again).rejects.toMatchObject({ code: 'already_exists', fields: { name: expect.any(String) } });
  await createResourceGroup(other.as('administrator'), { name: 'finance' });
  const { items } = await listResourceGroups(account.as('auditor'), {});
  expect(items.map((group) => group.name)).toEqual(['default', 'finance']);
});

const makeGroup = (accountId: string) => makeResourceGroup(database.owner, { accountId });

describeWriteVerb(database, {
  verb: updateResourceGroup,
  arrange: async (account) => ({ id: (await makeGroup(account.id)).id, name: 'renamed' }),
  check: async ({ input }) => {
    const [row] = await database.owner.select().from(resourceGroups).where(eq(resourceGroups.id, input.id));
    expect(row?.name).toBe('renamed');
  },
  missing: (input) => ({ ...input, id: 'rg-nowhere' }),
  audit: { resourceKind: 'resource_group', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: deleteResourceGroup,
  arrange: async (account) => ({ id: (await makeGroup(account.id)).id }),
  check: async ({ input }) => {
    expect(await database.owner.select().from(resourceGroups).where(eq(resourceGroups.id, input.id))).toEqual(
      [],
    );
  },
  missing: () => ({ id: 'rg-nowhere' }),
  audit: { resourceKind: 'resource_group', resourceId: (_, input) => input.id },
});

describe('a resource group', () => {
  test('with a vault in it is not deleted, by the verb or by the database', async () => {
    const account = await testAccount(database);
    const group = await makeGroup(account.id);
    const vault = await makeVault(database.owner, { accountId: account.id, resourceGroupId: group.id });
    const ctx = account.as('administrator');
    await expect(deleteResourceGroup(ctx, { id: group.id })).rejects.toMatchObject({
      code: 'state_conflict',
      reason: 'group_not_empty',
      message: expect.stringContaining('1 vault'),
    });
    const byHand = inAccount(database.app, account.id, (tx) =>
      tx.delete(resourceGroups).where(eq(resourceGroups.id, group.id)),
    );
    await expect(byHand).rejects.toMatchObject({ cause: { code: '23503' } });
    expect((await listResourceGroups(ctx, {})).items.at(-1)).toMatchObject({ vaultCount: 1, storedBytes: 0 });
    await database.owner
      .update(vaults)
      .set({ resourceGroupId: account.groupId })
      .where(eq(vaults.id, vault.id));
    await deleteResourceGroup(ctx, { id: group.id });
  });

  test('that an account began with stays as it is, in the verb and in the database', async () => {
    const account = await testAccount(database);
    const ctx = account.as('administrator');
    for (const attempt of [
      deleteResourceGroup(ctx, { id: account.groupId }),
      updateResourceGroup(ctx, { id: account.groupId, name: 'other' }),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'state_conflict', reason: 'default_group' });
    }
    const byHand = inAccount(database.app, account.id, (tx) => tx.update(resourceGroups).set({ name: 'x' }));
    await expect(byHand).rejects.toMatchObject({ cause: { code: 'CV041' } });
  });

  test('does not take the name of another one', async () => {
    const account = await testAccount(database);
    const [group, other] = [await makeGroup(account.id), await makeGroup(account.id)];
    const attempt = updateResourceGroup(account.as('administrator'), { id: group.id, name: other.name });
    await expect(attempt).rejects.toMatchObject({
      code: 'already_exists',
      fields: { name: expect.any(String) },
    });
  });
});
