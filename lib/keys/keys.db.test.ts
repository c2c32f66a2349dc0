import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeBackupPoint, makeKmsKey, makeReplication, makeVault } from '@/db/factories';
import { kmsKeys, notifications, tickers, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { testAccount } from '@/lib/testing/world';
import {
  cancelKeyDeletion,
  createKey,
  getKey,
  listKeys,
  scheduleKeyDeletion,
  setKeyState,
  updateKey,
} from '.';
import { KmsKeyDetail } from './schemas';

const database = await testDatabase();
const { owner } = database;
const nowhere = 'key-00000000000000000000';
const destroyed = { state: 'destroyed', wrappedMaterial: null } as const;
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
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'key', resourceId: (_out, input) => input.id },
});

describeWriteVerb(database, {
  verb: updateKey,
  arrange: async ({ id }) => ({
    id: (await makeKmsKey(owner, { accountId: id, alias: 'alias/old', description: 'Old' })).id,
    alias: 'alias/new',
  }),
  check: async ({ input }) =>
    expect(await rowOf(input.id)).toMatchObject({ alias: 'alias/new', description: 'Old' }),
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'key', resourceId: (_out, input) => input.id },
});

describeWriteVerb(database, {
  verb: scheduleKeyDeletion,
  arrange: async ({ id }) => {
    const key = await makeKmsKey(owner, { accountId: id, alias: 'alias/doomed' });
    return { id: key.id, waitDays: 7, confirm: key.id };
  },
  check: async ({ input }) => {
    const row = await rowOf(input.id);
    expect(row).toMatchObject({ state: 'scheduled', stateBefore: 'enabled', alias: 'alias/doomed' });
    expect(row?.wrappedMaterial).not.toBeNull();
    expect((row!.deletionAt!.getTime() - Date.now()) / 86_400_000).toBeCloseTo(7, 2);
  },
  missing: () => ({ id: nowhere, waitDays: 7, confirm: nowhere }),
  audit: { resourceKind: 'key', resourceId: (_out, input) => input.id },
});

describeWriteVerb(database, {
  verb: cancelKeyDeletion,
  arrange: async ({ id }) => {
    const deletionAt = new Date(Date.now() + 86_400_000);
    const scheduled = { state: 'scheduled', deletionAt, stateBefore: 'enabled' } as const;
    return { id: (await makeKmsKey(owner, { accountId: id, ...scheduled })).id };
  },
  check: async ({ input }) =>
    expect(await rowOf(input.id)).toMatchObject({ state: 'enabled', deletionAt: null, stateBefore: null }),
  missing: () => ({ id: nowhere }),
  audit: { resourceKind: 'key', resourceId: (_out, input) => input.id },
});

describe('a KMS key', () => {
  test('is neither created under an alias in use nor given it, and frees it when it is taken away', async () => {
    const account = await testAccount(database);
    const ctx = account.as('administrator');
    const one = await makeKmsKey(owner, { accountId: account.id, alias: 'alias/one' });
    const two = await makeKmsKey(owner, { accountId: account.id });
    const taken = { code: 'already_exists', fields: { alias: expect.any(String) } };
    await expect(createKey(ctx, { alias: 'alias/one' })).rejects.toMatchObject(taken);
    await expect(updateKey(ctx, { id: two.id, alias: 'alias/one' })).rejects.toMatchObject(taken);
    await updateKey(ctx, { id: one.id, alias: null });
    await expect(updateKey(ctx, { id: two.id, alias: 'alias/one' })).resolves.toMatchObject({
      alias: 'alias/one',
    });
    const gone = await makeKmsKey(owner, { accountId: account.id, ...destroyed });
    await expect(updateKey(ctx, { id: gone.id, alias: 'alias/x' })).rejects.toMatchObject({
      reason: 'key_destroyed',
    });
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
      const material = state === 'destroyed' ? { wrappedMaterial: null } : {};
      const { id } = await makeKmsKey(owner, { accountId: account.id, state, ...material });
      await expect(setKeyState(ctx, { id, state: wanted })).rejects.toMatchObject({
        code: 'state_conflict',
        reason: `key_${state}`,
      });
    }
  });

  test('is not scheduled for deletion without its typed id, for too short or too long, nor in a state that forbids it', async () => {
    const account = await testAccount(database);
    const ctx = account.as('administrator');
    const { id } = await makeKmsKey(owner, { accountId: account.id });
    const schedule = (given: object) => scheduleKeyDeletion(ctx, { id, waitDays: 7, confirm: id, ...given });
    await expect(schedule({ confirm: 'yes' })).rejects.toMatchObject({ fields: { confirm: `Type ${id}.` } });
    for (const waitDays of [6, 31, 7.5])
      await expect(schedule({ waitDays })).rejects.toMatchObject({
        fields: { waitDays: expect.any(String) },
      });
    expect((await rowOf(id))?.state).toBe('enabled');
    const young = await makeKmsKey(owner, { accountId: account.id, state: 'creating' });
    await expect(schedule({ id: young.id, confirm: young.id })).rejects.toMatchObject({
      reason: 'key_creating',
    });
    await schedule({});
    await expect(schedule({})).rejects.toMatchObject({ reason: 'key_scheduled' });
    await expect(setKeyState(ctx, { id, state: 'disabled' })).rejects.toMatchObject({
      reason: 'key_scheduled',
    });
  });

  test('that was disabled before is disabled again when its deletion is cancelled', async () => {
    const account = await testAccount(database);
    const ctx = account.as('administrator');
    const { id } = await makeKmsKey(owner, { accountId: account.id, state: 'disabled' });
    await scheduleKeyDeletion(ctx, { id, waitDays: 30, confirm: id });
    expect(await cancelKeyDeletion(ctx, { id })).toMatchObject({ state: 'disabled', deletionAt: null });
    await expect(cancelKeyDeletion(ctx, { id })).rejects.toMatchObject({ reason: 'key_disabled' });
  });

  test('tells what would become unreadable: vaults, points, bytes and the other end of a running replication', async () => {
    const [account, other] = [await testAccount(database), await testAccount(database)];
    const ctx = account.as('administrator');
    const { id } = await makeKmsKey(owner, { accountId: account.id });
    const vault = await makeVault(owner, {
      accountId: account.id,
      kmsKeyId: id,
      name: 'ledger',
      storedBytes: 500,
    });
    await makeBackupPoint(owner, { accountId: account.id, vaultId: vault.id });
    const theirs = await makeKmsKey(owner, { accountId: other.id });
    const target = await makeVault(owner, {
      accountId: other.id,
      kind: 'replication_target',
      kmsKeyId: theirs.id,
      name: 'second',
    });
    await makeReplication(owner, { source: vault, target });
    const usage = { vaultCount: 1, pointCount: 1, storedBytes: 500 };
    const detail = await getKey(ctx, { id });
    expect(detail).toMatchObject({
      ...usage,
      vaults: [
        {
          name: 'ledger',
          pointCount: 1,
          sourceBytes: 1_048_576,
          storedBytes: 500,
          replication: { side: 'source', vaultName: 'second', accountName: other.name },
        },
      ],
    });
    expect(KmsKeyDetail.parse(detail)).toEqual(detail);
    expect((await listKeys(ctx, {})).items).toMatchObject([{ id, ...usage }]);
  });

  test.each([
    ['disabled', 'Enable the key under Keys', 'keys.disabled'],
    ['scheduled', 'Cancel the deletion under Keys', 'keys.deletion_scheduled'],
  ] as const)(
    'that is %s shuts its vaults in the same moment, with the way out, and tells the account',
    async (how, wayOut, kind) => {
      const account = await testAccount(database);
      const ctx = account.as('administrator');
      const { id } = await makeKmsKey(owner, { accountId: account.id, alias: 'alias/books' });
      const shut = await makeVault(owner, { accountId: account.id, kmsKeyId: id, name: 'ledger' });
      const other = await makeVault(owner, { accountId: account.id });
      if (how === 'disabled') await setKeyState(ctx, { id, state: 'disabled' });
      else await scheduleKeyDeletion(ctx, { id, waitDays: 30, confirm: id });
      const [row] = await owner.select().from(vaults).where(eq(vaults.id, shut.id));
      expect(row).toMatchObject({
        status: 'error',
        statusReason: expect.stringMatching(
          new RegExp(`^The vault ledger cannot be opened: its key alias/books is .*${wayOut}`),
        ),
      });
      const [untouched] = await owner.select().from(vaults).where(eq(vaults.id, other.id));
      expect(untouched?.status).toBe('created');
      const told = await owner.select().from(notifications).where(eq(notifications.accountId, account.id));
      expect(told).toMatchObject([{ kind, severity: 'warning', body: expect.stringContaining('ledger') }]);
      const point = makeBackupPoint(owner, { accountId: account.id, vaultId: shut.id });
      await expect(point).rejects.toMatchObject({ cause: { code: 'CV015' } });
    },
  );

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
