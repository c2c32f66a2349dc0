import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from './client';
import { testDatabase } from './testing/harness';

const { owner, app, engine } = await testDatabase();

const setting = (name: string) => sql`select nullif(current_setting(${name}, true), '') as value`;

describe('inAccount', () => {
  test('sets the account for its transaction and for nothing after it on the same connection', async () => {
    const inside = await inAccount(app, '1000000000000001', (tx) => tx.execute(setting('app.account_id')));
    const after = await app.execute(setting('app.account_id'));
    expect(inside[0]?.value).toBe('1000000000000001');
    expect(after[0]?.value).toBeNull();
  });

  test('sets the replication only when one is given', async () => {
    const account = '1000000000000001';
    const given = await inAccount(app, account, (tx) => tx.execute(setting('app.replication_id')), {
      replicationId: 'r1',
    });
    const absent = await inAccount(app, account, (tx) => tx.execute(setting('app.replication_id')));
    expect(given[0]?.value).toBe('r1');
    expect(absent[0]?.value).toBeNull();
  });

  test('writes nothing when the work throws', async () => {
    await owner.execute(sql`create table scratch (id int)`);
    await owner.execute(sql`grant select, insert on scratch to crossvault_app`);
    const work = inAccount(app, '1', async (tx) => {
      await tx.execute(sql`insert into scratch values (1)`);
      throw new Error('change of mind');
    });
    await expect(work).rejects.toThrow('change of mind');
    expect(await owner.execute(sql`select * from scratch`)).toHaveLength(0);
  });
});

describe('the roles of the web and engine processes', () => {
  test.each([
    ['crossvault_app', app],
    ['crossvault_engine', engine],
  ])('%s is no superuser, does not pass row-level security and owns no table', async (role, database) => {
    const [row] = await database.execute(sql`
      select current_user as name, rolsuper, rolbypassrls, rolinherit,
        (select count(*)::int from pg_class c where c.relowner = r.oid) as owned
      from pg_roles r where rolname = current_user`);
    expect(row).toEqual({ name: role, rolsuper: false, rolbypassrls: false, rolinherit: false, owned: 0 });
  });

  test('limits how long a statement, a lock and an idle transaction may last', async () => {
    const rows = await app.execute(sql`
      select name, setting from pg_settings
      where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') order by name`);
    expect(rows.map((row) => Number(row.setting))).toEqual([30_000, 10_000, 30_000]);
  });
});
