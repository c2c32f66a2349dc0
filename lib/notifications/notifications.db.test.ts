import { asc, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { notifications } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { listNotifications, notify, readNotifications } from '.';
import { NotificationList } from './schemas';

const database = await testDatabase();
const { app, owner } = database;
const leave = (account: TestAccount, title: string) =>
  inAccount(app, account.id, (tx) => notify(tx, account.id, { kind: 'test.event', severity: 'info', title }));
const rowsOf = (account: TestAccount) =>
  owner
    .select()
    .from(notifications)
    .where(eq(notifications.accountId, account.id))
    .orderBy(asc(notifications.createdAt));

describeWriteVerb(database, {
  verb: readNotifications,
  arrange: async (account) => {
    await leave(account, 'one');
    await leave(account, 'two');
    return { ids: [(await rowsOf(account))[0]!.id] };
  },
  check: async ({ out, account }) => {
    expect(out).toEqual({ readCount: 1 });
    expect((await rowsOf(account)).map((row) => row.readAt !== null)).toEqual([true, false]);
  },
  missing: null,
  other: () => ({ ids: ['n-0'] }),
  audit: { resourceKind: 'notifications' },
});

describe('notifications', () => {
  test('are listed newest first with the number of unread ones', async () => {
    const account = await testAccount(database);
    for (const title of ['one', 'two', 'three']) await leave(account, title);
    await readNotifications(account.as('auditor'), { ids: [(await rowsOf(account))[0]!.id] });
    const list = await listNotifications(account.as('auditor'), {});
    expect(NotificationList.parse(list)).toEqual(list);
    expect(list.items.map((item) => item.title)).toEqual(['three', 'two', 'one']);
    expect(list.unreadCount).toBe(2);
  });

  test('of a stranger are neither read nor seen, and their ids are passed over', async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    await leave(account, 'private');
    const ids = [(await rowsOf(account))[0]!.id];
    expect(await readNotifications(stranger.as('administrator'), { ids })).toEqual({ readCount: 0 });
    expect((await listNotifications(stranger.as('administrator'), {})).items).toEqual([]);
    expect((await rowsOf(account))[0]?.readAt).toBeNull();
  });

  test('cannot be left with another account', async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const attempt = inAccount(app, account.id, (tx) =>
      notify(tx, stranger.id, { kind: 'test.event', severity: 'info', title: 'spam' }),
    );
    await expect(attempt).rejects.toThrow();
    expect(await rowsOf(stranger)).toEqual([]);
  });
});
