import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { resourceGroups } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { testAccount } from '@/lib/testing/world';
import { createResourceGroup, listResourceGroups } from '.';

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
