import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeKmsKey } from '@/db/factories';
import { keyGrants, kmsKeys, notifications } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { listProjects } from '@/lib/projects';
import { destroyKey } from '@/lib/testing/destroy-key';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { createKeyGrant, listKeyGrants, retireKeyGrant } from '.';

const database = await testDatabase();
const { owner, app } = database;
const nowhere = 'kg-00000000000000000000';
const rowOf = async (id: string) => (await owner.select().from(keyGrants).where(eq(keyGrants.id, id)))[0];
const projectOf = async (account: TestAccount, region = 'cn-hangzhou') =>
  (await listProjects(account.as('auditor'), {})).items.find((one) => one.region === region)!.id;
const makeKey = (account: TestAccount) =>
  makeKmsKey(owner, { accountId: account.id, alias: `alias/k-${account.id}` });

async function arrangeGrant(account: TestAccount, other?: TestAccount) {
  const grantee = other ?? (await testAccount(database));
  const key = await makeKey(account);
  const grant = await createKeyGrant(account.as('administrator'), { keyId: key.id, grantee: grantee.id });
  return { key, grantee, grant };
}

describeWriteVerb(database, {
  verb: createKeyGrant,
  arrange: async (account) => ({
    keyId: (await makeKey(account)).id,
    grantee: (await testAccount(database)).id,
  }),
  check: async ({ out, account, input }) => {
    expect(await rowOf(out.id)).toMatchObject({
      accountId: account.id,
      keyId: input.keyId,
      granteeAccountId: input.grantee,
      ownerName: account.name,
      retiredAt: null,
    });
    const told = await owner.select().from(notifications).where(eq(notifications.accountId, input.grantee));
    expect(told.map(({ kind }) => kind)).toEqual(['share.key_granted']);
  },
  missing: (input) => ({ ...input, keyId: 'key-00000000000000000000' }),
  audit: { resourceKind: 'key', resourceId: (_out, input) => input.keyId },
});

describeWriteVerb(database, {
  verb: retireKeyGrant,
  arrange: async (account) => {
    const key = await makeKey(account);
    const grantee = await testAccount(database);
    const id = `kg-${key.id.slice(-20).padStart(20, '0')}`;
    await owner.insert(keyGrants).values({
      accountId: account.id,
      id,
      keyId: key.id,
      granteeAccountId: grantee.id,
      createdBy: 'u',
    });
    return { id };
  },
  check: async ({ input }) =>
    expect(await rowOf(input.id)).toMatchObject({ retiredBy: 'owner', retiredAt: expect.any(Date) }),
  missing: () => ({ id: nowhere }),
  audit: { resourceKind: 'key' },
});

describe('a key grant', () => {
  test('is seen by both sides and by nobody else', async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const { grantee, grant, key } = await arrangeGrant(account);
    const given = await listKeyGrants(account.as('auditor'), { keyId: key.id });
    expect(given.items).toMatchObject([
      { id: grant.id, direction: 'given', grantee: { name: grantee.name } },
    ]);
    const received = await listKeyGrants(grantee.as('auditor'), { direction: 'received' });
    expect(received.items).toMatchObject([
      { id: grant.id, direction: 'received', owner: { name: account.name } },
    ]);
    for (const direction of ['given', 'received'] as const)
      expect((await listKeyGrants(stranger.as('auditor'), { direction })).items).toEqual([]);
  });

  test('is given once to the same account or project, and again after it was retired', async () => {
    const account = await testAccount(database);
    const { key, grantee, grant } = await arrangeGrant(account);
    const ctx = account.as('administrator');
    const again = { keyId: key.id, grantee: grantee.id };
    await expect(createKeyGrant(ctx, again)).rejects.toMatchObject({
      code: 'already_exists',
      reason: 'granted_already',
    });
    const project = await projectOf(grantee);
    await expect(createKeyGrant(ctx, { keyId: key.id, grantee: project })).resolves.toMatchObject({
      grantee: { accountId: grantee.id, projectId: project },
    });
    await retireKeyGrant(ctx, { id: grant.id });
    await expect(createKeyGrant(ctx, again)).resolves.toMatchObject({ status: 'active' });
  });

  test('is given back by its grantee, once', async () => {
    const account = await testAccount(database);
    const { grantee, grant } = await arrangeGrant(account);
    const out = await retireKeyGrant(grantee.as('administrator'), { id: grant.id });
    expect(out).toMatchObject({ status: 'retired', retiredBy: 'grantee' });
    await expect(retireKeyGrant(account.as('administrator'), { id: grant.id })).rejects.toMatchObject({
      reason: 'grant_retired',
    });
  });

  test('names an account that there is, not the own one, and a key that is enabled', async () => {
    const account = await testAccount(database);
    const key = await makeKey(account);
    const ctx = account.as('administrator');
    for (const [grantee, reason] of [
      ['1111111111111111', 'unknown_grantee'],
      ['0'.repeat(32), 'unknown_grantee'],
      [account.id, 'own_account'],
      [await projectOf(account), 'own_account'],
    ] as const)
      await expect(createKeyGrant(ctx, { keyId: key.id, grantee })).rejects.toMatchObject({
        reason,
        fields: { grantee: expect.any(String) },
      });
    await owner.update(kmsKeys).set({ state: 'disabled' }).where(eq(kmsKeys.id, key.id));
    const grantee = (await testAccount(database)).id;
    await expect(createKeyGrant(ctx, { keyId: key.id, grantee })).rejects.toMatchObject({
      code: 'key_unavailable',
      reason: 'key_disabled',
    });
  });

  test('ends when its key is destroyed', async () => {
    const account = await testAccount(database);
    const { key, grant } = await arrangeGrant(account);
    await destroyKey(owner, key.id);
    expect(await rowOf(grant.id)).toMatchObject({ retiredBy: 'key_destroyed' });
  });

  test('cannot be written, taken over or brought back past the verbs', async () => {
    const account = await testAccount(database);
    const { key, grantee, grant } = await arrangeGrant(account);
    const as = (who: TestAccount, statement: ReturnType<typeof sql>) =>
      inAccount(app, who.id, (tx) => tx.execute(statement));
    const forged = sql`insert into key_grants (account_id, id, key_id, grantee_account_id, created_by)
      values (${account.id}, ${nowhere}, ${key.id}, ${grantee.id}, 'u')`;
    await expect(as(grantee, forged)).rejects.toThrow();
    await expect(
      as(account, sql`update key_grants set grantee_account_id = '1' where id = ${grant.id}`),
    ).rejects.toMatchObject({ cause: { code: '42501' } });
    await expect(
      as(grantee, sql`update key_grants set retired_at = now(), retired_by = 'owner' where id = ${grant.id}`),
    ).rejects.toMatchObject({ cause: { code: '42501' } });
    await retireKeyGrant(account.as('administrator'), { id: grant.id });
    await as(account, sql`update key_grants set retired_at = null, retired_by = null where id = ${grant.id}`);
    expect((await rowOf(grant.id))?.retiredAt).not.toBeNull();
  });

  test('is one of two hundred at most, counted by a constraint', async () => {
    const account = await testAccount(database);
    const { grantee, key } = await arrangeGrant(account);
    await owner.execute(
      sql`update quota_counters set used = 200 where account_id = ${account.id} and name = 'key_grants'`,
    );
    await expect(
      createKeyGrant(account.as('administrator'), { keyId: key.id, grantee: await projectOf(grantee) }),
    ).rejects.toMatchObject({ code: 'quota_exceeded', reason: 'key_grants' });
  });
});
