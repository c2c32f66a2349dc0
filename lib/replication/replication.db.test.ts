import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeVault } from '@/db/factories';
import {
  accounts,
  notifications,
  replicationPoints,
  replicationSamples,
  replications,
  tickers,
  vaults,
} from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { acceptInvitation, deleteResourceShare, listInvitations, shareVault } from '@/lib/resource-shares';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { clearAudit, type TestAccount, testAccount } from '@/lib/testing/world';
import {
  getReplication,
  listReplicationPoints,
  listReplicationSamples,
  listReplications,
  listReplicationTargets,
  startReplication,
  stopReplication,
} from '.';

const database = await testDatabase();
const { owner } = database;

const makeSource = (account: TestAccount, given = {}) =>
  makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId, ...given });
const makeTarget = (account: TestAccount, given = {}) =>
  makeSource(account, { kind: 'replication_target', region: 'cn-beijing', ...given });

/** A target of `sharer` that `recipient` has accepted. */
async function sharedTarget(sharer: TestAccount, recipient: TestAccount, given = {}) {
  const vault = await makeTarget(sharer, given);
  const share = await shareVault(sharer.as('administrator'), {
    mode: 'new',
    vaultId: vault.id,
    name: `s-${vault.id.slice(-8)}`,
    principals: [{ type: 'account', id: recipient.id }],
  });
  const { items } = await listInvitations(recipient.as('administrator'), {});
  const invitation = items.find((item) => item.shareId === share.id)!;
  await acceptInvitation(recipient.as('administrator'), { id: invitation.id });
  return { vault, share };
}

/** A running replication from `source` into another account. */
async function started(source?: TestAccount) {
  const from = source ?? (await testAccount(database));
  const to = await testAccount(database);
  const { vault: target, share } = await sharedTarget(to, from);
  const vault = await makeSource(from);
  const input = { sourceVaultId: vault.id, targetVaultId: target.id };
  const replication = await startReplication(from.as('administrator'), input);
  return { from, to, vault, target, share, replication };
}

const rowOf = async (id: string) =>
  (await owner.select().from(replications).where(eq(replications.id, id)))[0]!;
const dueTickers = async (...ids: string[]) => {
  const rows = await owner.select().from(tickers);
  return ids.filter((id) => rows.some((row) => row.accountId === id && row.dueAt !== null));
};

describeWriteVerb(database, {
  verb: startReplication,
  async arrange(account) {
    const { vault } = await sharedTarget(await testAccount(database), account);
    await clearAudit(owner);
    return { sourceVaultId: (await makeSource(account)).id, targetVaultId: vault.id };
  },
  async check({ out, account, input }) {
    expect(out).toMatchObject({ side: 'source', state: 'active', history: { percent: 0 } });
    const row = await rowOf(out.id);
    expect(row).toMatchObject({ ...input, sourceAccountId: account.id, sourceAccountName: account.name });
    expect(await dueTickers(account.id, row.accountId)).toHaveLength(2);
    const told = await owner.select().from(notifications).where(eq(notifications.accountId, row.accountId));
    expect(told.map((notice) => notice.kind)).toContain('replication.started');
  },
  missing: (input) => ({ ...input, sourceVaultId: 'v-00000000000000000000' }),
  audit: { resourceKind: 'replication', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: stopReplication,
  async arrange(account) {
    const { replication, vault } = await started(account);
    await clearAudit(owner);
    return { id: replication.id, confirm: vault.name };
  },
  async check({ out, account }) {
    expect(out.state).toBe('stopped');
    const row = await rowOf(out.id);
    expect(row).toMatchObject({ state: 'stopped', stoppedAt: expect.any(Date) });
    expect(await dueTickers(account.id, row.accountId)).toHaveLength(2);
    const told = await owner.select().from(notifications).where(eq(notifications.accountId, row.accountId));
    expect(told.map((notice) => notice.kind)).toContain('replication.stopped');
  },
  missing: (input) => ({ ...input, id: 'rep-nowhere' }),
  audit: { resourceKind: 'replication', resourceId: (out) => out.id },
});

describe('the list of targets', () => {
  test('names own and shared ones, those that can be chosen first, with a reason for the others', async () => {
    const [account, other, stranger] = (await Promise.all([1, 2, 3].map(() => testAccount(database)))) as [
      TestAccount,
      TestAccount,
      TestAccount,
    ];
    const source = await makeSource(account);
    const near = await makeTarget(account, { name: 'near', region: source.region });
    const far = await makeTarget(account, { name: 'far' });
    const { vault: shared } = await sharedTarget(other, account, { name: 'shared' });
    const { vault: kms } = await sharedTarget(other, account, {
      name: 'kms',
      encryption: 'service',
      status: 'error',
    });
    await makeTarget(stranger, { name: 'not shared' });
    await makeTarget(other, { name: 'not shared either' });
    const list = (region?: string) =>
      listReplicationTargets(account.as('auditor'), { sourceVaultId: source.id, region });
    expect((await list()).items.map(({ vaultId, eligible, reason }) => [vaultId, eligible, reason])).toEqual([
      [far.id, true, null],
      [shared.id, true, null],
      [kms.id, false, 'target_not_ready'],
      [near.id, false, 'same_account_same_region'],
    ]);
    expect((await list(source.region)).items.map((item) => item.vaultId)).toEqual([near.id]);
    expect((await list()).items.find((item) => item.vaultId === shared.id)).toMatchObject({
      isOwn: false,
      ownerAccountId: other.id,
      ownerName: other.name,
    });
  });

  test('knows that a shared target was used by a third account, without telling which', async () => {
    const { to, target, share, replication, vault, from } = await started();
    await stopReplication(from.as('administrator'), { id: replication.id, confirm: vault.name });
    const third = await testAccount(database);
    const second = await shareVault(to.as('administrator'), {
      mode: 'new',
      vaultId: target.id,
      name: 'another',
      principals: [{ type: 'account', id: third.id }],
    });
    expect(second.id).not.toBe(share.id);
    const { items } = await listInvitations(third.as('administrator'), {});
    await acceptInvitation(third.as('administrator'), { id: items[0]!.id });
    const source = await makeSource(third);
    const listed = await listReplicationTargets(third.as('administrator'), { sourceVaultId: source.id });
    expect(listed.items).toMatchObject([
      { vaultId: target.id, eligible: false, reason: 'target_already_used' },
    ]);
    expect(JSON.stringify(listed)).not.toContain(from.id);
    const attempt = { sourceVaultId: source.id, targetVaultId: target.id };
    await expect(startReplication(third.as('administrator'), attempt)).rejects.toMatchObject({
      code: 'not_eligible',
      reason: 'target_already_used',
    });
  });
});

describe('starting', () => {
  test('is refused with the reason that the list shows, and for a target that is not shared as for none', async () => {
    const [account, other] = [await testAccount(database), await testAccount(database)];
    const ctx = account.as('administrator');
    const source = await makeSource(account);
    const near = await makeTarget(account, { region: source.region });
    const hidden = await makeTarget(other);
    await expect(
      startReplication(ctx, { sourceVaultId: source.id, targetVaultId: near.id }),
    ).rejects.toMatchObject({
      code: 'not_eligible',
      reason: 'same_account_same_region',
      fields: { targetVaultId: expect.any(String) },
    });
    const refusals = await Promise.all(
      [hidden.id, 'r-00000000000000000000'].map((targetVaultId) =>
        startReplication(ctx, { sourceVaultId: source.id, targetVaultId }).catch((error) => error),
      ),
    );
    expect(refusals[0]).toMatchObject({ code: 'not_found' });
    expect(refusals[0].message).toBe(refusals[1].message);
  });

  test('into or out of an account that is overdue is refused, and what replicates already goes on', async () => {
    const [from, to] = [await testAccount(database), await testAccount(database)];
    const { vault: target } = await sharedTarget(to, from);
    const input = { sourceVaultId: (await makeSource(from)).id, targetVaultId: target.id };
    const setState = (account: TestAccount, state: 'active' | 'overdue') =>
      owner.update(accounts).set({ state }).where(eq(accounts.accountId, account.id));
    await setState(to, 'overdue');
    await expect(startReplication(from.as('administrator'), input)).rejects.toMatchObject({
      reason: 'target_account_inactive',
    });
    await setState(to, 'active');
    const { id } = await startReplication(from.as('administrator'), input);
    await setState(from, 'overdue');
    expect(await getReplication(to.as('auditor'), { id })).toMatchObject({ state: 'active' });
    const next = await sharedTarget(to, await testAccount(database));
    await expect(
      startReplication(from.as('administrator'), { ...input, targetVaultId: next.vault.id }),
    ).rejects.toMatchObject({ code: 'not_eligible' });
  });

  test('gives a target to one of several sources at once, and a source one of several targets', async () => {
    const [from, to] = [await testAccount(database), await testAccount(database)];
    const sources = await Promise.all([1, 2, 3].map(() => makeSource(from)));
    const { vault: target } = await sharedTarget(to, from);
    const byTarget = await Promise.allSettled(
      sources.map((source) =>
        startReplication(from.as('administrator'), { sourceVaultId: source.id, targetVaultId: target.id }),
      ),
    );
    expect(lost(byTarget)).toEqual(['target_already_used', 'target_already_used']);
    const source = await makeSource(from);
    const targets = await Promise.all([1, 2, 3].map(() => sharedTarget(to, from)));
    const bySource = await Promise.allSettled(
      targets.map(({ vault }) =>
        startReplication(from.as('administrator'), { sourceVaultId: source.id, targetVaultId: vault.id }),
      ),
    );
    expect(lost(bySource)).toEqual(['source_already_replicates', 'source_already_replicates']);
  });

  test('meets a revocation at the same time: either it came first, or the replication stands on a lost grant', async () => {
    const [from, to] = [await testAccount(database), await testAccount(database)];
    for (let round = 0; round < 5; round++) {
      const { vault: target, share } = await sharedTarget(to, from);
      const source = await makeSource(from);
      const [start, revoke] = await Promise.allSettled([
        startReplication(from.as('administrator'), { sourceVaultId: source.id, targetVaultId: target.id }),
        deleteResourceShare(to.as('administrator'), { id: share.id, confirm: share.name }),
      ]);
      expect(revoke.status).toBe('fulfilled');
      if (start.status === 'rejected') expect(start.reason).toMatchObject({ code: 'not_found' });
    }
  });

  test('is refused by the database too when a vault is being deleted or encryption differs', async () => {
    const [from, to] = [await testAccount(database), await testAccount(database)];
    const { vault: target } = await sharedTarget(to, from);
    const source = await makeSource(from, { status: 'deleting' });
    const values = {
      accountId: to.id,
      id: 'rep-forced',
      sourceAccountId: from.id,
      sourceAccountName: '',
      sourceVaultId: source.id,
      sourceVaultName: '',
      sourceRegion: source.region,
      targetVaultId: target.id,
      targetVaultName: '',
      targetAccountName: '',
      targetRegion: target.region,
      createdBy: '',
    };
    await expect(owner.insert(replications).values(values)).rejects.toMatchObject({
      cause: { code: 'CV003' },
    });
  });
});

describe('stopping', () => {
  test('is open to the target side too, once, and there is no way back', async () => {
    const { from, to, vault, replication } = await started();
    const ctx = to.as('administrator');
    await expect(stopReplication(ctx, { id: replication.id, confirm: 'other' })).rejects.toMatchObject({
      fields: { confirm: expect.any(String) },
    });
    expect(await stopReplication(ctx, { id: replication.id, confirm: vault.name })).toMatchObject({
      side: 'target',
      state: 'stopped',
    });
    await expect(
      stopReplication(from.as('administrator'), { id: replication.id, confirm: vault.name }),
    ).rejects.toMatchObject({ reason: 'already_stopped' });
    const resumed = owner
      .update(replications)
      .set({ state: 'active' })
      .where(eq(replications.id, replication.id));
    await expect(resumed).rejects.toMatchObject({ cause: { code: 'CV003' } });
    const told = await owner.select().from(notifications).where(eq(notifications.accountId, from.id));
    expect(told.map((notice) => notice.kind)).toContain('replication.stopped');
  });

  test('frees the source for a new target, and not the target for a new source', async () => {
    const { from, to, vault, target, replication } = await started();
    await stopReplication(from.as('administrator'), { id: replication.id, confirm: vault.name });
    const { vault: fresh } = await sharedTarget(to, from);
    const ctx = from.as('administrator');
    await expect(
      startReplication(ctx, { sourceVaultId: vault.id, targetVaultId: target.id }),
    ).rejects.toMatchObject({ reason: 'target_already_used' });
    expect(await startReplication(ctx, { sourceVaultId: vault.id, targetVaultId: fresh.id })).toMatchObject({
      state: 'active',
    });
  });
});

describe('a replication', () => {
  test('is seen by its two accounts, each from its side, and by no other', async () => {
    const { from, to, replication, vault } = await started();
    const stranger = await testAccount(database);
    await owner.insert(replicationPoints).values({
      accountId: to.id,
      replicationId: replication.id,
      sourcePointId: 's-1',
      isHistory: true,
      capturedAt: new Date(),
      committedAt: new Date(),
      sourceBytes: 10,
    });
    const sample = {
      accountId: to.id,
      replicationId: replication.id,
      copiedBytes: 1,
      lagPoints: 0,
      lagSeconds: 0,
    };
    await owner.insert(replicationSamples).values([
      { ...sample, at: new Date(Date.now() - 25 * 3_600_000) },
      { ...sample, at: new Date(), copiedBytes: 2 },
    ]);
    for (const [account, side] of [
      [from, 'source'],
      [to, 'target'],
    ] as const) {
      const ctx = account.as('auditor');
      const { id } = replication;
      expect(await getReplication(ctx, { id })).toMatchObject({ id, side });
      expect((await listReplications(ctx, { vaultId: vault.id, state: 'active' })).items).toHaveLength(1);
      expect((await listReplicationPoints(ctx, { id })).items).toMatchObject([{ sourcePointId: 's-1' }]);
      expect((await listReplicationSamples(ctx, { id })).items).toMatchObject([{ copiedBytes: 2 }]);
    }
    expect((await listReplications(stranger.as('administrator'), {})).items).toEqual([]);
    for (const verb of [getReplication, listReplicationPoints, listReplicationSamples]) {
      await expect(verb(stranger.as('administrator'), { id: replication.id })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
  });

  test("shows each side the other's vault by its new name", async () => {
    const { to, from, vault, target, replication } = await started();
    await owner.update(vaults).set({ name: 'ledger' }).where(eq(vaults.id, vault.id));
    await owner.update(vaults).set({ name: 'ledger copy' }).where(eq(vaults.id, target.id));
    expect(await getReplication(to.as('auditor'), { id: replication.id })).toMatchObject({
      source: { vaultName: 'ledger' },
    });
    expect(await getReplication(from.as('auditor'), { id: replication.id })).toMatchObject({
      target: { vaultName: 'ledger copy' },
    });
  });
});

function lost(results: PromiseSettledResult<unknown>[]): string[] {
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason.reason as string] : []));
}
