import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { testDatabase } from '@/db/testing/harness';
import { knownRegions } from '@/lib/regions';
import { testAccount } from '@/lib/testing/world';
import { checkProject, listProjects } from '.';
import { ProjectId } from './schemas';

const database = await testDatabase();

describe('the projects of an account', () => {
  test('are one in every region, with ids that stay', async () => {
    const account = await testAccount(database);
    const first = await listProjects(account.as('auditor'), {});
    expect(first.items.map(({ region }) => region)).toEqual(knownRegions().map(({ id }) => id));
    expect(new Set(first.items.map(({ id }) => ProjectId.parse(id))).size).toBe(first.items.length);
    expect(await listProjects(account.as('administrator'), {})).toEqual(first);
  });

  test('are made once, by however many ask at the same time', async () => {
    const account = await testAccount(database);
    const lists = await Promise.all(Array.from({ length: 6 }, () => listProjects(account.as('auditor'), {})));
    expect(new Set(lists.map((list) => JSON.stringify(list.items))).size).toBe(1);
  });

  test('are no one else’s to see, and nobody makes or changes an id', async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    await listProjects(account.as('auditor'), {});
    const seen = await inAccount(database.app, stranger.id, (tx) => tx.execute(sql`select * from projects`));
    expect(seen).toHaveLength(0);
    for (const statement of [
      sql`insert into projects (account_id, region, id) values (${account.id}, 'x', md5('x'))`,
      sql`update projects set id = md5('x')`,
      sql`delete from projects`,
    ])
      await expect(inAccount(database.app, account.id, (tx) => tx.execute(statement))).rejects.toMatchObject({
        cause: { code: '42501' },
      });
  });
});

describe('checking a project id', () => {
  test('names the account behind it, and says when it is the own one', async () => {
    const [account, other] = [await testAccount(database), await testAccount(database)];
    const [project] = (await listProjects(other.as('auditor'), {})).items;
    const found = await checkProject(account.as('administrator'), { id: project!.id.toUpperCase() });
    expect(found).toEqual({
      id: project!.id,
      account: { id: other.id, name: other.name },
      region: project!.region,
      isOwn: false,
    });
    expect(await checkProject(other.as('administrator'), { id: project!.id })).toMatchObject({ isOwn: true });
  });

  test('refuses what is no id and what names nothing, at the field', async () => {
    const account = await testAccount(database);
    for (const id of ['x', '1'.repeat(16), 'g'.repeat(32), 'a'.repeat(32)])
      await expect(checkProject(account.as('administrator'), { id })).rejects.toMatchObject({
        code: 'invalid_input',
        fields: { id: expect.any(String) },
      });
  });
});
