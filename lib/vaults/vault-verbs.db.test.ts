import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeBackupPoint, makeKmsKey, makeReplication, makeVault } from '@/db/factories';
import { tickers, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { ManualClock } from '@/lib/clock';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { createVault, deleteVault, listQuotas, lockVault, updateVault } from '.';

const database = await testDatabase();
const { owner } = database;
const rowOf = async (id: string) => (await owner.select().from(vaults).where(eq(vaults.id, id)))[0];
const named = async ({ id }: TestAccount) => {
  const vault = await makeVault(owner, { accountId: id, name: 'ledger' });
  return { id: vault.id, confirm: 'ledger' };
};
const nowhere = 'v-00000000000000000000';

describeWriteVerb(database, {
  verb: createVault,
  arrange: async ({ groupId }) => ({
    name: 'ledger',
    description: 'Books',
    region: 'cn-hangzhou',
    resourceGroupId: groupId,
  }),
  check: async ({ out, account }) => {
    expect(await rowOf(out.id)).toMatchObject({
      accountId: account.id,
      kind: 'standard',
      name: 'ledger',
      status: 'initializing',
      encryption: 'service',
      redundancy: 'ZRS',
    });
    const [ticker] = await owner.select().from(tickers).where(eq(tickers.accountId, account.id));
    expect(ticker?.dueAt).toBeInstanceOf(Date);
  },
  missing: (input) => ({ ...input, resourceGroupId: 'rg-00000000000000000000' }),
  audit: { resourceKind: 'vault', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: updateVault,
  arrange: async (account) => ({ id: (await named(account)).id, name: 'journal', description: '' }),
  check: async ({ input }) =>
    expect(await rowOf(input.id)).toMatchObject({ name: 'journal', description: '' }),
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'vault', resourceId: (_out, input) => input.id },
});

describeWriteVerb(database, {
  verb: lockVault,
  arrange: named,
  check: async ({ input }) => expect((await rowOf(input.id))?.lockedAt).toBeInstanceOf(Date),
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'vault', resourceId: (_out, input) => input.id },
});

describeWriteVerb(database, {
  verb: deleteVault,
  arrange: named,
  check: async ({ input, account }) => {
    expect((await rowOf(input.id))?.status).toBe('deleting');
    const [ticker] = await owner.select().from(tickers).where(eq(tickers.accountId, account.id));
    expect(ticker?.dueAt).toBeInstanceOf(Date);
  },
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'vault', resourceId: (_out, input) => input.id },
});

describe('creating a vault', () => {
  const arrange = async () => {
    const account = await testAccount(database);
    const make = (given: object = {}) =>
      createVault(account.as('administrator'), {
        name: 'ledger',
        region: 'eu-west-1',
        resourceGroupId: account.groupId,
        ...given,
      });
    return { account, make };
  };

  test('as a replication target gives it its own kind of id, and one zone where the region has one', async () => {
    const { make } = await arrange();
    expect(await make({ kind: 'replication_target' })).toMatchObject({
      id: expect.stringMatching(/^r-[0-9a-z]{20}$/),
      kind: 'replication_target',
      redundancy: 'LRS',
    });
  });

  test('under a KMS key takes it by id or alias, and only an enabled one of the account', async () => {
    const { account, make } = await arrange();
    const stranger = await testAccount(database);
    const key = await makeKmsKey(owner, { accountId: account.id, alias: 'alias/books' });
    const disabled = await makeKmsKey(owner, { accountId: account.id, state: 'disabled' });
    const theirs = await makeKmsKey(owner, { accountId: stranger.id });
    const kms = (kmsKey: string, name = 'ledger') => make({ encryption: 'kms', kmsKey, name });
    expect((await kms(key.id, 'one')).kmsKey).toEqual({ id: key.id, alias: 'alias/books', state: 'enabled' });
    expect((await kms('alias/books', 'two')).kmsKey?.id).toBe(key.id);
    await expect(kms(disabled.id)).rejects.toMatchObject({ code: 'key_unavailable', reason: 'key_disabled' });
    await expect(kms(theirs.id)).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { kmsKey: expect.any(String) },
    });
  });

  test.each([
    ['a region that does not exist', { region: 'xx-nowhere' }, 'region'],
    ['KMS encryption without a key', { encryption: 'kms' }, 'kmsKey'],
    ['a key without KMS encryption', { kmsKey: 'key-1' }, 'kmsKey'],
    ['an empty name', { name: '  ' }, 'name'],
  ])('is refused with %s, at the field', async (_title, given, field) => {
    const { make } = await arrange();
    await expect(make(given)).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { [field]: expect.any(String) },
    });
  });

  test('is refused for a name in use in the region, not in another', async () => {
    const { make } = await arrange();
    await make();
    await expect(make()).rejects.toMatchObject({
      code: 'already_exists',
      fields: { name: expect.any(String) },
    });
    await expect(make({ region: 'us-east-1' })).resolves.toBeDefined();
  });

  test('stops at five replication targets in a region however many are asked for at once, and tells the limit', async () => {
    const { account, make } = await arrange();
    const asked = Array.from({ length: 12 }, (_, index) =>
      make({ kind: 'replication_target', name: `target ${index}` }),
    );
    const answers = await Promise.allSettled(asked);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    const refusals = answers
      .filter((answer) => answer.status === 'rejected')
      .map((answer) => answer.reason.code);
    expect(new Set(refusals)).toEqual(new Set(['quota_exceeded']));
    await expect(make({ kind: 'replication_target', name: 'sixth' })).rejects.toMatchObject({
      code: 'quota_exceeded',
      reason: 'replication_targets',
      message: expect.stringContaining('5 replication target vaults in UK (London)'),
    });
    await expect(make({ kind: 'replication_target', region: 'us-east-1' })).resolves.toBeDefined();
    const { items } = await listQuotas(account.as('auditor'), {});
    expect(items).toContainEqual({ name: 'replication_targets', region: 'eu-west-1', used: 5, maximum: 5 });
    expect(items).toContainEqual({ name: 'vaults', region: '', used: 6, maximum: 100 });
    expect(items).toContainEqual({ name: 'replication_targets', region: 'cn-hangzhou', used: 0, maximum: 5 });
  });
});

describe('a vault that replicates', () => {
  test('is not deleted at either end, and its target is not locked, until the replication has stopped', async () => {
    const [source, target] = [await testAccount(database), await testAccount(database)];
    const sourceVault = await makeVault(owner, { accountId: source.id, name: 'here' });
    const targetVault = await makeVault(owner, {
      accountId: target.id,
      name: 'there',
      kind: 'replication_target',
    });
    const { stop } = await makeReplication(owner, { source: sourceVault, target: targetVault });
    const active = { code: 'state_conflict', reason: 'replication_active' };
    const removeSource = () =>
      deleteVault(source.as('administrator'), { id: sourceVault.id, confirm: 'here' });
    const removeTarget = () =>
      deleteVault(target.as('administrator'), { id: targetVault.id, confirm: 'there' });
    const lockTarget = () => lockVault(target.as('administrator'), { id: targetVault.id, confirm: 'there' });
    for (const refused of [removeSource, removeTarget, lockTarget])
      await expect(refused()).rejects.toMatchObject(active);
    await stop();
    await expect(lockTarget()).resolves.toMatchObject({ lockedAt: expect.any(String) });
    await expect(removeSource()).resolves.toMatchObject({ status: 'deleting' });
    await expect(removeTarget()).resolves.toMatchObject({ status: 'deleting' });
  });
});

describe('a locked vault', () => {
  test('is not deleted before its last point has expired', async () => {
    const account = await testAccount(database);
    const vault = await makeVault(owner, { accountId: account.id, name: 'ledger', lockedAt: new Date() });
    const old = new Date(Date.now() - 40 * 86_400_000);
    await makeBackupPoint(owner, { accountId: account.id, vaultId: vault.id, createdAt: old });
    const last = await makeBackupPoint(owner, { accountId: account.id, vaultId: vault.id });
    const remove = (at?: ManualClock) =>
      deleteVault(account.as('administrator', at && { clock: at }), { id: vault.id, confirm: 'ledger' });
    await expect(remove()).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('1 backup point has'),
    });
    expect((await rowOf(vault.id))?.status).toBe('created');
    // A clock that runs ahead passes the rule; the database goes by its own.
    const later = new ManualClock(new Date(Date.now() + 31 * 86_400_000));
    await expect(remove(later)).rejects.toMatchObject({ code: 'locked' });
    await owner.transaction(async (tx) => {
      await tx.execute(sql`alter table backup_points disable trigger refuse_locked_point`);
      await tx.execute(sql`update backup_points set expires_at = now() where id = ${last.id}`);
      await tx.execute(sql`alter table backup_points enable trigger refuse_locked_point`);
    });
    await expect(remove(later)).resolves.toMatchObject({ status: 'deleting' });
  });
});
