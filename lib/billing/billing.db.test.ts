import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeBackupPoint, makeReplication, makeVault } from '@/db/factories';
import { capacityPlans, priceLists } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { ManualClock } from '@/lib/clock';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import {
  createCapacityPlan,
  getPriceList,
  getStatement,
  listCapacityPlans,
  listMonths,
  recordPriceList,
} from '.';
import { defaultPriceList } from './default-price-list';
import { bytesPerGib, chargeMicros, monthSeconds } from './money';

const database = await testDatabase();
const { owner, engine } = database;
const gib = Number(bytesPerGib);
const today = () => new Date().toISOString().slice(0, 10);

describeWriteVerb(database, {
  verb: createCapacityPlan,
  arrange: async () => ({
    name: 'One TiB',
    capacityBytes: 2 ** 40,
    region: null,
    startsOn: today(),
    endsOn: '2999-01-01'.replace('2999', String(new Date().getUTCFullYear() + 1)),
  }),
  async check({ out, account }) {
    const [row] = await owner.select().from(capacityPlans).where(eq(capacityPlans.id, out.id));
    expect(row).toMatchObject({ accountId: account.id, capacityBytes: 2 ** 40, region: null });
  },
  missing: null,
  other: (input) => ({ ...input, name: 'Another' }),
  audit: { resourceKind: 'capacity_plan', resourceId: (out) => out.id },
});

async function putBytes(account: TestAccount, vaultId: string, sizeBytes: number) {
  const { spaceNo } = await makeBackupPoint(owner, { accountId: account.id, vaultId });
  await inAccount(engine, account.id, (tx) =>
    tx.execute(sql`insert into packs (account_id, vault_id, space_no, sha256, size_bytes, key_version)
      values (${account.id}, ${vaultId}, ${spaceNo}, ${randomBytes(32)}, ${sizeBytes}, 1)`),
  );
}
const age = (vaultId: string, hours: number) =>
  owner.execute(
    sql`update open_meters set hour = hour - ${hours} * interval '1 hour' where vault_id = ${vaultId}`,
  );
const makeStore = (account: TestAccount, given: object = {}) =>
  makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId, ...given });

describe('a capacity plan', () => {
  const plan = { name: 'p', capacityBytes: 1, region: null, startsOn: '2026-03-10', endsOn: '2026-03-10' };
  const clock = new ManualClock(new Date('2026-03-11T00:00:01Z'));

  test('never begins in the past, for the verb and for the database', async () => {
    const account = await testAccount(database);
    await expect(createCapacityPlan(account.as('administrator', { clock }), plan)).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { startsOn: expect.stringContaining('2026-03-11') },
    });
    clock.advance(-86_400_000);
    const early = createCapacityPlan(account.as('administrator', { clock }), plan);
    await expect(early).rejects.toMatchObject({ cause: { code: 'CV040' } });
  });

  test.each([
    [{ endsOn: '2026-03-09' }, 'endsOn'],
    [{ endsOn: '2036-03-09' }, 'endsOn'],
    [{ capacityBytes: 0 }, 'capacityBytes'],
    [{ region: 'xx-nowhere' }, 'region'],
  ])('with %j is refused at its field', async (wrong, field) => {
    const account = await testAccount(database);
    const attempt = createCapacityPlan(account.as('administrator', { clock }), { ...plan, ...wrong });
    await expect(attempt).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { [field]: expect.any(String) },
    });
  });

  test('is never changed, and shows how much of it is used', async () => {
    const account = await testAccount(database);
    const vault = await makeStore(account);
    await putBytes(account, vault.id, 1_000_000);
    const endsOn = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const ctx = account.as('administrator');
    await createCapacityPlan(ctx, { name: 'now', capacityBytes: 4_000_000, startsOn: today(), endsOn });
    const { items } = await listCapacityPlans(ctx, {});
    expect(items).toMatchObject([{ name: 'now', state: 'in_force', usedFraction: 0.25, endsOn }]);
    const change = inAccount(database.app, account.id, (tx) =>
      tx.update(capacityPlans).set({ capacityBytes: 1 }),
    );
    await expect(change).rejects.toMatchObject({ cause: { code: '42501' } });
  });
});

describe('a statement', () => {
  test('equals the integral over the real packs at the price of their vault', async () => {
    const account = await testAccount(database);
    const vault = await makeStore(account);
    await putBytes(account, vault.id, 200_000_000);
    await age(vault.id, 2);
    await putBytes(account, vault.id, 100_000_000);
    const before = await owner.execute<{ s: string }>(
      sql`select extract(epoch from clock_timestamp() - created_at)::float8 as s from packs where vault_id = ${vault.id} order by pack_no`,
    );
    const month = (at: string) => getStatement(account.as('auditor'), { month: at });
    const months = (await listMonths(account.as('auditor'), {})).items;
    const lines = (await Promise.all(months.map((one) => month(one.month)))).flatMap((one) => one.lines);
    const byteSeconds = lines.reduce((sum, line) => sum + line.quantity, 0);
    const expected = 200_000_000 * (2 * 3600 + Number(before[0]!.s)) + 100_000_000 * Number(before[1]!.s);
    expect(byteSeconds / expected).toBeCloseTo(1, 4);
    for (const line of lines) {
      const exact = chargeMicros(
        BigInt(Math.round(line.quantity)),
        bytesPerGib * BigInt(monthSeconds),
        20_000,
      );
      expect(line.amountMicros).toBe(exact);
    }
  });

  test('charges the owner of a target for a copy, and its source nothing', async () => {
    const [from, to] = [await testAccount(database), await testAccount(database)];
    const source = await makeStore(from);
    const target = await makeStore(to, { kind: 'replication_target', region: 'cn-beijing' });
    await makeReplication(owner, { source, target });
    await owner.execute(
      sql`select meter_traffic(${to.id}, ${target.id}, 'replication_traffic', ${gib}::bigint)`,
    );
    const [line] = (await getStatement(to.as('administrator'), {})).lines;
    expect(line).toMatchObject({
      meter: 'replication_traffic',
      amountMicros: 50_000,
      quantity: gib,
      source: { accountId: from.id, vaultId: source.id },
    });
    expect(await getStatement(from.as('administrator'), {})).toMatchObject({ totalMicros: 0, lines: [] });
  });

  test('takes a plan off storage from its first day on', async () => {
    const account = await testAccount(database);
    const vault = await makeStore(account);
    await owner.execute(
      sql`select meter_storage(${account.id}, ${vault.id}, 'storage_standard', ${1000 * gib}::bigint)`,
    );
    await owner.execute(
      sql`select meter_traffic(${account.id}, ${vault.id}, 'restore_internet', ${gib}::bigint)`,
    );
    const ctx = account.as('administrator');
    const endsOn = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await createCapacityPlan(ctx, { name: 'big', capacityBytes: 2000 * gib, startsOn: today(), endsOn });
    const { lines } = await getStatement(ctx, {});
    expect(Object.fromEntries(lines.map((line) => [line.meter, line.amountMicros]))).toEqual({
      storage_standard: 0,
      restore_internet: 100_000,
    });
    expect(lines.find(({ meter }) => meter === 'storage_standard')?.coveredQuantity).toBeGreaterThan(0);
  });
});

describe('the price list', () => {
  test('is put in force once, by the first engine that brings another one', async () => {
    const [account, dearer] = [await testAccount(database), structuredClone(defaultPriceList)];
    dearer.default.replicationPerGibMicros = 60_000;
    await Promise.all(Array.from({ length: 4 }, () => recordPriceList(engine, defaultPriceList)));
    expect(await owner.select().from(priceLists)).toHaveLength(1);
    await recordPriceList(engine, dearer);
    await recordPriceList(engine, structuredClone(dearer));
    expect(await owner.select().from(priceLists)).toHaveLength(2);
    expect((await getPriceList(account.as('auditor'), {})).default.replicationPerGibMicros).toBe(60_000);
    await expect(recordPriceList(engine, { ...dearer, currency: 'EUR' })).rejects.toThrow(
      /Keep the currency/,
    );
  });
});
