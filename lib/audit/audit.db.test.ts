import { describe, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { testAccount } from '@/lib/testing/world';
import { listAuditEvents } from '.';
import { AuditEvent } from './schemas';

const database = await testDatabase();

async function arrange() {
  const account = await testAccount(database);
  const base = {
    accountId: account.id,
    actorKind: 'user',
    actorId: 'u-1',
    resourceKind: 'vault',
    requestId: 'r-1',
  } as const;
  await database.owner.insert(auditEvents).values([
    {
      ...base,
      actorName: 'Ada',
      action: 'vaults.create',
      resourceId: 'v-1',
      resourceName: 'ledger',
      after: { name: 'ledger' },
    },
    { ...base, actorName: 'Bo', action: 'vaults.lock', resourceId: 'v-1', resourceName: 'ledger' },
    { ...base, actorName: 'Ada', action: 'vaults.create', resourceId: 'v-2', resourceName: 'wages_2026' },
  ]);
  return account;
}

describe('listAuditEvents', () => {
  test('shows newest first, in pages, with the total', async () => {
    const account = await arrange();
    const first = await listAuditEvents(account.as('auditor'), { limit: 2 });
    expect(first.items.map((event) => event.action)).toEqual(['vaults.create', 'vaults.lock']);
    expect(first.total).toBe(3);
    const second = await listAuditEvents(account.as('auditor'), { limit: 2, cursor: first.nextCursor! });
    expect(second).toMatchObject({
      items: [{ resource: { id: 'v-1', name: 'ledger' }, after: { name: 'ledger' } }],
      nextCursor: null,
    });
    expect(AuditEvent.parse(second.items[0])).toEqual(second.items[0]);
  });

  test.each([
    [{ action: 'vaults.lock' }, 1],
    [{ resourceId: 'v-1' }, 2],
    [{ query: 'ada' }, 2],
    [{ query: 's_2' }, 1],
    [{ query: 's_1' }, 0],
    [{ resourceId: 'v-1', query: 'Bo' }, 1],
  ])('filters by %j', async (filter, count) => {
    const account = await arrange();
    const { items, total } = await listAuditEvents(account.as('administrator'), filter);
    expect([items.length, total]).toEqual([count, count]);
  });

  test('is for administrators and auditors, of their own account', async () => {
    const [account, stranger] = [await arrange(), await testAccount(database)];
    await expect(listAuditEvents(account.as('operator'), {})).rejects.toMatchObject({ code: 'forbidden' });
    expect(await listAuditEvents(stranger.as('auditor'), {})).toMatchObject({ items: [], total: 0 });
  });
});
