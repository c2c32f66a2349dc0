import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeKmsKey, makeVault } from '@/db/factories';
import { auditEvents, kmsKeys, notifications, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { testEnvironment } from '@/lib/engine/vaults/test-environment';
import { testAccount } from '@/lib/testing/world';
import { cancelKeyDeletion, createKey, scheduleKeyDeletion } from '.';
import { keyDuty } from './key-duty';

const database = await testDatabase();
const { owner, app, engine } = database;
const environment = await testEnvironment(database);

async function scheduled(waitDays = 30) {
  const account = await testAccount(database);
  const ctx = account.as('administrator');
  const { id } = await makeKmsKey(owner, { accountId: account.id, alias: 'alias/books' });
  const vault = await makeVault(owner, { accountId: account.id, kmsKeyId: id, name: 'ledger' });
  await scheduleKeyDeletion(ctx, { id, waitDays, confirm: id });
  const row = async () => (await owner.select().from(kmsKeys).where(eq(kmsKeys.id, id)))[0]!;
  const told = async () =>
    (await owner.select().from(notifications).where(eq(notifications.accountId, account.id))).map(
      ({ kind }) => kind,
    );
  const run = () => keyDuty.run(environment, account.id);
  return { account, ctx, id, vaultId: vault.id, row, told, run };
}

/** As if time had passed: the database lets nobody bring the date nearer. */
async function moveDeletion(id: string, at: ReturnType<typeof sql>) {
  await owner.transaction(async (tx) => {
    await tx.execute(sql`alter table kms_keys disable trigger refuse_hasty_deletion`);
    await tx.execute(sql`update kms_keys set deletion_at = ${at} where id = ${id}`);
    await tx.execute(sql`alter table kms_keys enable trigger refuse_hasty_deletion`);
  });
}

describe('the deletion of a key', () => {
  test('is due a week before, a day before and at its time, and is done then', async () => {
    const { account, row, told, run, id, vaultId } = await scheduled();
    const dueInDays = async () => {
      const [due] = await inAccount(engine, account.id, (tx) =>
        tx.execute<{ days: number }>(
          sql`select extract(epoch from (${keyDuty.dueAt(account.id)}) - now())::float8 / 86400 as days`,
        ),
      );
      return due!.days;
    };
    expect(await dueInDays()).toBeCloseTo(23, 1);
    await run();
    expect(await told()).toEqual(['keys.deletion_scheduled']);

    await moveDeletion(id, sql`now() + interval '7 days'`);
    await run();
    await run();
    expect(await told()).toEqual(['keys.deletion_scheduled', 'keys.deletion_near']);
    expect(await dueInDays()).toBeCloseTo(6, 1);

    await moveDeletion(id, sql`now() + interval '20 hours'`);
    await run();
    expect((await told()).filter((kind) => kind === 'keys.deletion_near')).toHaveLength(2);
    expect((await row()).wrappedMaterial).not.toBeNull();

    await moveDeletion(id, sql`now()`);
    expect(await dueInDays()).toBeLessThanOrEqual(0);
    await run();
    await run();
    expect(await row()).toMatchObject({
      state: 'destroyed',
      wrappedMaterial: null,
      alias: null,
      deletionAt: null,
    });
    expect((await told()).filter((kind) => kind === 'keys.destroyed')).toHaveLength(1);
    const [vault] = await owner.select().from(vaults).where(eq(vaults.id, vaultId));
    expect(vault).toMatchObject({ status: 'error', statusReason: expect.stringContaining('was destroyed') });
    const audit = await owner.select().from(auditEvents).where(eq(auditEvents.resourceId, id));
    expect(audit.at(-1)).toMatchObject({
      action: 'keys.destroyed',
      actorKind: 'engine',
      after: { unreadableVaults: [vaultId] },
    });
    await expect(createKey(account.as('administrator'), { alias: 'alias/books' })).resolves.toBeDefined();
  });

  test('for seven days counts its own notice as the first warning', async () => {
    const { told, run } = await scheduled(7);
    await run();
    expect(await told()).toEqual(['keys.deletion_scheduled']);
  });

  test('does not happen after it was cancelled', async () => {
    const { ctx, id, row, run } = await scheduled();
    await moveDeletion(id, sql`now()`);
    await cancelKeyDeletion(ctx, { id });
    await run();
    expect(await row()).toMatchObject({ state: 'enabled', wrappedMaterial: expect.any(Buffer) });
  });

  test.each([
    ['app', app],
    ['engine', engine],
  ] as const)('is not hastened by the role of the %s, whatever it writes', async (_, role) => {
    const { account, id, row } = await scheduled();
    const write = (set: Partial<typeof kmsKeys.$inferInsert>) =>
      inAccount(role, account.id, (tx) => tx.update(kmsKeys).set(set).where(eq(kmsKeys.id, id)));
    const gone = { state: 'destroyed', deletionAt: null, stateBefore: null, wrappedMaterial: null } as const;
    const refused = { cause: { code: 'CV014' } };
    await expect(write(gone)).rejects.toMatchObject(refused);
    await expect(write({ deletionAt: new Date() })).rejects.toMatchObject(refused);
    await write({ state: 'enabled', deletionAt: null, stateBefore: null });
    await expect(write(gone)).rejects.toMatchObject(refused);
    const soon = new Date(Date.now() + 6 * 86_400_000);
    await expect(
      write({ state: 'scheduled', deletionAt: soon, stateBefore: 'enabled' }),
    ).rejects.toMatchObject(refused);
    expect((await row()).wrappedMaterial).not.toBeNull();
  });
});
