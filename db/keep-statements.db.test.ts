import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { type Database, inAccount } from './client';
import { testDatabase } from './testing/harness';

const { owner } = await testDatabase();

const prepared = (db: Pick<Database, 'execute'>, mark: string) =>
  db.execute(
    sql.raw(`select 1 from pg_prepared_statements where statement like '%${mark}%'
    and statement not like '%pg_prepared_statements%'`),
  );

test('a statement with parameters is prepared once on its connection, in transactions and savepoints too', async () => {
  await owner.transaction(async (tx) => {
    for (let n = 0; n < 3; n++) {
      expect(await tx.execute(sql`select ${n}::int as kept`)).toEqual([{ kept: n }]);
      await tx.transaction((inner) => inner.execute(sql`select ${n}::int as kept_inside`));
    }
    expect(await prepared(tx, 'as kept')).toHaveLength(2);
  });
});

test('a statement that was kept goes by the account of the transaction it runs in', async () => {
  await owner.transaction(async (tx) => {
    const ask = async (accountId: string) => {
      await tx.execute(sql`select set_config('app.account_id', ${accountId}, true)`);
      const [row] = await tx.execute(sql`select current_account() = ${accountId} as is_own`);
      return row?.is_own;
    };
    for (const accountId of ['1000000000000001', '1000000000000002', '1000000000000001'])
      expect(await ask(accountId)).toBe(true);
    expect(await prepared(tx, 'current_account() =')).toHaveLength(1);
  });
});

test('a statement that fails in one transaction works in the next', async () => {
  const divide = (by: number) =>
    inAccount(owner, '1', (tx) => tx.execute(sql`select 6 / ${by}::int as part`));
  await expect(divide(0)).rejects.toThrow();
  for (let n = 0; n < 5; n++) expect(await divide(3)).toEqual([{ part: 2 }]);
});

test('statements without parameters may still be several in one', async () => {
  const rows = await owner.$client.unsafe('create temp table several (id int); select 1 as one');
  expect(rows).toHaveLength(2);
});
