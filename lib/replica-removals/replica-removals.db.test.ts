import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeBackupPoint, makeReplication, makeVault } from '@/db/factories';
import { notifications, replicaRemovals, replications, tickers, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { clearAudit, type TestAccount, testAccount } from '@/lib/testing/world';
import { holdReplicaRemovals, listReplicaRemovals, releaseReplicaRemovals } from '.';

const database = await testDatabase();
const { owner } = database;
const nowhere = 'r-00000000000000000000';

/** A target of the account with two replicas whose source points were archived. */
async function announced(account: TestAccount) {
  const stranger = await testAccount(database);
  const source = await makeVault(owner, { accountId: stranger.id });
  const target = await makeVault(owner, {
    accountId: account.id,
    kind: 'replication_target',
    resourceGroupId: account.groupId,
  });
  const { replication, stop } = await makeReplication(owner, { source, target });
  const pointIds: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { id } = await makeBackupPoint(owner, { accountId: account.id, vaultId: target.id });
    const fromInsert = { announcedAt: new Date(0), removeAt: new Date(0) };
    await owner.insert(replicaRemovals).values({
      accountId: account.id,
      replicationId: replication.id,
      vaultId: target.id,
      pointId: id,
      sourcePointId: `s-source-${i}`,
      archivedAt: new Date(),
      ...fromInsert,
    });
    pointIds.push(id);
  }
  return { vaultId: target.id, pointIds, stop, replication };
}

const rowsOf = (vaultId: string) =>
  owner.select().from(replicaRemovals).where(eq(replicaRemovals.vaultId, vaultId));
const vaultOf = async (id: string) => (await owner.select().from(vaults).where(eq(vaults.id, id)))[0]!;

describeWriteVerb(database, {
  verb: holdReplicaRemovals,
  async arrange(account) {
    const { vaultId, pointIds } = await announced(account);
    return { vaultId, pointIds: pointIds.slice(0, 1) };
  },
  async check({ input }) {
    const rows = await rowsOf(input.vaultId);
    const held = rows.filter(({ heldAt, heldBy }) => heldAt && heldBy);
    expect(held.map(({ pointId }) => pointId)).toEqual(input.pointIds);
    expect((await vaultOf(input.vaultId)).removalsHeldAt).toBe(null);
  },
  missing: (input) => ({ ...input, vaultId: nowhere }),
  audit: { resourceKind: 'vault', resourceId: (_, input) => input.vaultId },
});

describeWriteVerb(database, {
  verb: releaseReplicaRemovals,
  async arrange(account) {
    const { vaultId } = await announced(account);
    await holdReplicaRemovals(account.as('operator'), { vaultId });
    await owner.execute(sql`alter table audit_events disable trigger all`);
    await clearAudit(owner, account.id);
    await owner.execute(sql`alter table audit_events enable trigger all`);
    return { vaultId };
  },
  async check({ input, account }) {
    expect(await vaultOf(input.vaultId)).toMatchObject({ removalsHeldAt: null, removalsHeldBy: null });
    const [ticker] = await owner.select().from(tickers).where(eq(tickers.accountId, account.id));
    expect(ticker?.dueAt).not.toBeNull();
  },
  missing: (input) => ({ ...input, vaultId: nowhere }),
  audit: { resourceKind: 'vault', resourceId: (_, input) => input.vaultId },
});

describe('removals to come', () => {
  test('are listed with points, sizes, dates and holds, and to nobody else', async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const { vaultId, pointIds } = await announced(account);
    await holdReplicaRemovals(account.as('operator'), { vaultId, pointIds: [pointIds[1]!] });
    const list = await listReplicaRemovals(account.as('auditor'), { vaultId });
    expect(list).toMatchObject({ total: 2, totalSourceBytes: 2 * 1_048_576, guardDays: 7, vaultHold: null });
    const [free, held] = [pointIds[0], pointIds[1]].map((id) =>
      list.items.find(({ pointId }) => pointId === id),
    );
    expect(free).toMatchObject({ held: null, sourceBytes: 1_048_576 });
    expect(held!.held).toMatchObject({ by: expect.stringContaining('User') });
    expect(Date.parse(free!.removeAt) - Date.parse(free!.announcedAt)).toBe(7 * 86_400_000);
    await expect(listReplicaRemovals(stranger.as('administrator'), { vaultId })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('are dated by the database whatever is inserted, and only for a running replication', async () => {
    const account = await testAccount(database);
    const { vaultId, replication, stop } = await announced(account);
    expect((await rowsOf(vaultId)).every(({ removeAt }) => removeAt.getTime() > Date.now())).toBe(true);
    await stop();
    expect(await rowsOf(vaultId)).toEqual([]);
    const { id } = await makeBackupPoint(owner, { accountId: account.id, vaultId });
    const late = owner.insert(replicaRemovals).values({
      accountId: account.id,
      replicationId: replication.id,
      vaultId,
      pointId: id,
      sourcePointId: 's-late',
      archivedAt: new Date(),
      announcedAt: new Date(),
      removeAt: new Date(),
    });
    await expect(late).rejects.toMatchObject({ cause: { code: 'CV031' } });
  });

  test('of another vault cannot be held or released through this one', async () => {
    const account = await testAccount(database);
    const [one, two] = [await announced(account), await announced(account)];
    for (const verb of [holdReplicaRemovals, releaseReplicaRemovals]) {
      await expect(
        verb(account.as('administrator'), { vaultId: one.vaultId, pointIds: two.pointIds }),
      ).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  test('tell the account what a release lets go at once', async () => {
    const account = await testAccount(database);
    const { vaultId } = await announced(account);
    await holdReplicaRemovals(account.as('operator'), { vaultId });
    await owner
      .update(replicaRemovals)
      .set({ removeAt: new Date(0) })
      .where(eq(replicaRemovals.vaultId, vaultId));
    await releaseReplicaRemovals(account.as('administrator'), { vaultId });
    const told = await owner.select().from(notifications).where(eq(notifications.accountId, account.id));
    expect(told).toMatchObject([
      { kind: 'replication.removals_released', title: expect.stringMatching(/2 replicas are removed now/) },
    ]);
  });
});

test('the source is shown the guard days of its target, as they are now', async () => {
  const account = await testAccount(database);
  const { vaultId, replication } = await announced(account);
  await owner.update(vaults).set({ guardDays: 21 }).where(eq(vaults.id, vaultId));
  const [row] = await owner.select().from(replications).where(eq(replications.id, replication.id));
  expect(row!.targetGuardDays).toBe(21);
});
