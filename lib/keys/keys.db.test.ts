import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeKmsKey, makeVault } from '@/db/factories';
import { kmsKeys, notifications, tickers } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { testAccount } from '@/lib/testing/world';
import { createKey, destroyKey, getKey, listKeys, setKeyState } from '.';

const database = await testDatabase();
const { owner } = database;
const rowOf = async (id: string) => (await owner.select().from(kmsKeys).where(eq(kmsKeys.id, id)))[0];

describeWriteVerb(database, {
  verb: createKey,
  arrange: async () => ({ alias: 'alias/finance', description: 'Books' }),
  check: async ({ out, account }) => {
    expect(await rowOf(out.id)).toMatchObject({
      accountId: account.id,
      alias: 'alias/finance',
      state: 'creating',
      wrappedMaterial: null,
    });
    const [ticker] = await owner.select().from(tickers).where(eq(tickers.accountId, account.id));
    expect(ticker?.dueAt).toBeInstanceOf(Date);
  },
  missing: null,
  other: (input) => ({ ...input, alias: 'alias/other' }),
  audit: { resourceKind: 'key', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: setKeyState,
  arrange: async ({ id }) => ({
    id: (await makeKmsKey(owner, { accountId: id })).id,
    state: 'disabled' as const,
  }),
  check: async ({ input }) => expect((await rowOf(input.id))?.state).toBe('disabled'),
  missing: (input) => ({ ...input, id: 'key-00000000000000000000' }),
  audit: { resourceKind: 'key', resourceId: (_out, input) => input.id },
});

describeWriteVerb(database, {
  verb: destroyKey,
  arrange: async ({ id }) => {
    const key = await makeKmsKey(owner, { accountId: id, alias: 'alias/doomed' });
    return { id: key.id, confirm: key.id };
  },
  check: async ({ input }) => {
    expect(await rowOf(input.id)).toMatchObject({
      state: 'destroyed',
      wrappedMaterial: null,
      alias: null,
      destroyedAt: expect.any(Date),
    });
  },
  missing: () => ({ id: 'key-00000000000000000000', confirm: 'key-00000000000000000000' }),
  audit: { resourceKind: 'key', resourceId: (_out, input) => input.id },
});

describe('a KMS key', () => {
  test('is not created under an alias in use, and the alias of a destroyed key is free again', async () => {
    const account = await testAccount(database);
    const ctx = account.as('administrator');
    const key = await makeKmsKey(owner, { accountId: account.id, alias: 'alias/one' });
    await expect(createKey(ctx, { alias: 'alias/one' })).rejects.toMatchObject({
      code: 'already_exists',
      fields: { alias: expect.any(String) },
    });
    await destroyKey(ctx, { id: key.id, confirm: key.id });
    await expect(createKey(ctx, { alias: 'alias/one' })).resolves.toMatchObject({ alias: 'alias/one' });
  });

  test('moves only between enabled and disabled', async () => {
    const account = await testAccount(database);
    const ctx = account.as('administrator');
    for (const [state, wanted] of [
      ['creating', 'enabled'],
      ['destroyed', 'enabled'],
      ['enabled', 'enabled'],
      ['disabled', 'disabled'],
    ] as const) {
      const { id } = await makeKmsKey(owner, { accountId: account.id, state });
      await expect(setKeyState(ctx, { id, state: wanted })).rejects.toMatchObject({
        code: 'state_conflict',
        reason: `key_${state}`,
      });
    }
  });

  test('is not destroyed without its typed id, nor while it is being created', async () => {
    const account = await testAccount(database);
    const ctx = account.as('administrator');
    const { id } = await makeKmsKey(owner, { accountId: account.id });
    await expect(destroyKey(ctx, { id, confirm: 'yes' })).rejects.toMatchObject({
      fields: { confirm: `Type ${id}.` },
    });
    expect((await rowOf(id))?.wrappedMaterial).not.toBeNull();
    const young = await makeKmsKey(owner, { accountId: account.id, state: 'creating' });
    await expect(destroyKey(ctx, { id: young.id, confirm: young.id })).rejects.toMatchObject({
      reason: 'key_creating',
    });
  });

  test('tells which vaults turn unreadable with it, and notifies the account', async () => {
    const account = await testAccount(database);
    const ctx = account.as('administrator');
    const { id } = await makeKmsKey(owner, { accountId: account.id });
    const vault = await makeVault(owner, { accountId: account.id, kmsKeyId: id, name: 'ledger' });
    const vaults = [{ id: vault.id, name: 'ledger', region: vault.region }];
    expect(await getKey(ctx, { id })).toMatchObject({ vaultCount: 1, vaults });
    expect((await listKeys(ctx, {})).items).toMatchObject([{ id, vaultCount: 1 }]);
    expect(await destroyKey(ctx, { id, confirm: id })).toMatchObject({ state: 'destroyed', vaults });
    const [notice] = await owner.select().from(notifications).where(eq(notifications.accountId, account.id));
    expect(notice).toMatchObject({ kind: 'keys.destroyed', body: expect.stringContaining('ledger') });
  });

  test('counts only its own vaults', async () => {
    const account = await testAccount(database);
    const [used, unused] = [
      await makeKmsKey(owner, { accountId: account.id }),
      await makeKmsKey(owner, { accountId: account.id }),
    ];
    await makeVault(owner, { accountId: account.id, kmsKeyId: used.id });
    const { items } = await listKeys(account.as('auditor'), {});
    expect(Object.fromEntries(items.map((key) => [key.id, key.vaultCount]))).toEqual({
      [used.id]: 1,
      [unused.id]: 0,
    });
  });
});
