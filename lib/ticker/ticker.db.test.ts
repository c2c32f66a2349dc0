import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeVault } from '@/db/factories';
import { replications, tickers } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { getTicker, wakeTicker } from '.';

const database = await testDatabase();
const { owner, engine } = database;

async function replicate(from: TestAccount, to: TestAccount, given = {}) {
  const source = await makeVault(owner, { accountId: from.id, resourceGroupId: from.groupId });
  const target = await makeVault(owner, {
    accountId: to.id,
    resourceGroupId: to.groupId,
    kind: 'replication_target',
  });
  await owner.insert(replications).values({
    accountId: to.id,
    id: `rep-${target.id}`,
    sourceAccountId: from.id,
    sourceAccountName: from.name,
    sourceVaultId: source.id,
    sourceVaultName: source.name,
    sourceRegion: source.region,
    targetVaultId: target.id,
    targetVaultName: target.name,
    targetAccountName: to.name,
    targetRegion: target.region,
    createdBy: 'test',
    ...given,
  });
}

const dueOf = async (accountId: string) =>
  (await owner.select().from(tickers).where(eq(tickers.accountId, accountId)))[0]?.dueAt ?? null;
const settle = () => owner.update(tickers).set({ dueAt: null });

describe('waking the ticker', () => {
  test('makes the own account due and the targets of its running replications, and nobody else', async () => {
    const [from, to, former, stranger] = [
      await testAccount(database),
      await testAccount(database),
      await testAccount(database),
      await testAccount(database),
    ];
    await replicate(from, to);
    await replicate(from, former, { state: 'stopped' });
    await wakeTicker(from.as('auditor'), {});
    expect([await dueOf(from.id), await dueOf(to.id)]).toEqual([expect.any(Date), expect.any(Date)]);
    expect([await dueOf(former.id), await dueOf(stranger.id)]).toEqual([null, null]);
  });

  test('tells a listening engine at once, and not again within two seconds', async () => {
    const account = await testAccount(database);
    const heard: string[] = [];
    const listening = await engine.$client.listen('ticker', (accountId) => heard.push(accountId));
    for (let index = 0; index < 20; index++) await wakeTicker(account.as('auditor'), {});
    await expect.poll(() => heard).toEqual([account.id]);
    await owner.execute(sql`update tickers set woken_at = woken_at - interval '3 seconds'`);
    await wakeTicker(account.as('auditor'), {});
    await expect.poll(() => heard).toEqual([account.id, account.id]);
    await listening.unlisten();
  });

  test('wakes nothing without an account', async () => {
    await settle();
    await database.app.execute(sql`select wake_my_tickers()`);
    const due = await owner.select().from(tickers).where(sql`due_at is not null`);
    expect(due).toEqual([]);
  });
});

describe('the state of the ticker', () => {
  test('tells the last tick, whether one runs, and what is behind', async () => {
    const [from, to] = [await testAccount(database), await testAccount(database)];
    expect(await getTicker(to.as('auditor'), {})).toEqual({
      lastTickAt: null,
      isRunning: false,
      behind: { replications: 0, points: 0, bytes: 0, seconds: 0 },
      inFlight: 0,
      lastError: null,
    });
    await replicate(from, to, { historyPointsTotal: 3, historyBytesTotal: 300, currentPointId: 's-1' });
    const lastTickAt = new Date('2026-05-01T12:00:00.000Z');
    await owner
      .insert(tickers)
      .values({ accountId: to.id, lastTickAt, leaseUntil: new Date(Date.now() + 60_000), lastError: 'x' });
    expect(await getTicker(to.as('auditor'), {})).toEqual({
      lastTickAt: lastTickAt.toISOString(),
      isRunning: true,
      behind: { replications: 1, points: 3, bytes: 300, seconds: 0 },
      inFlight: 1,
      lastError: 'x',
    });
    expect((await getTicker(from.as('auditor'), {})).behind.replications).toBe(0);
  });
});
