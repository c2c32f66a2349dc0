import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { notifications } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { testEnvironment } from '@/lib/engine/vaults/test-environment';
import { testAccount } from '@/lib/testing/world';
import { createCapacityPlan, planDuty } from '.';

const database = await testDatabase();
const environment = await testEnvironment(database);
const day = (after: number) => new Date(Date.now() + after * 86_400_000).toISOString().slice(0, 10);

async function setUp(lastDay: number) {
  const account = await testAccount(database);
  const input = { name: 'yearly', capacityBytes: 1, startsOn: day(0), endsOn: day(lastDay) };
  await createCapacityPlan(account.as('administrator'), input);
  const told = async () => {
    await planDuty.run(environment, account.id);
    return database.owner.select().from(notifications).where(eq(notifications.accountId, account.id));
  };
  const dueInDays = async () => {
    const [row] = await inAccount(database.engine, account.id, (tx) =>
      tx.execute<{ days: number | null }>(sql`
        select extract(epoch from ${planDuty.dueAt(account.id)} - now())::float8 / 86400 as days`),
    );
    return row!.days;
  };
  return { account, told, dueInDays };
}

test('an account hears once, a week before, that a capacity plan ends', async () => {
  const { account, told, dueInDays } = await setUp(30);
  expect(await told()).toEqual([]);
  const due = await dueInDays();
  expect(due).toBeGreaterThan(22);
  expect(due).toBeLessThanOrEqual(24);
  // The row is the owner's to move; no role of the product can.
  await database.owner.execute(sql`
    update capacity_plans set ends_at = starts_at + interval '3 days' where account_id = ${account.id}`);
  expect(await told()).toMatchObject([
    { kind: 'billing.plan_ending', title: expect.stringContaining('yearly') },
  ]);
  expect(await told()).toHaveLength(1);
  expect(await dueInDays()).toBeNull();
});

test('of a plan for a few days it hears when the plan begins', async () => {
  const { told } = await setUp(2);
  expect(await told()).toHaveLength(1);
});

test('a plan wakes the ticker for its notice', async () => {
  const { account } = await setUp(2);
  const [row] = await database.owner.execute(
    sql`select due_at <= now() as due from tickers where account_id = ${account.id}`,
  );
  expect(row).toEqual({ due: true });
});
